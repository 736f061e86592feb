"""Samplers of the small rubric that the tests break."""

import numpy as np


def labels(rng, shape):
    return rng.integers(3, size=shape)


def fails(rng, shape):
    raise ValueError("no draw")


def too_many(rng, shape):
    return np.zeros((*shape, 2))


def positive(rng, shape):
    return rng.uniform(0.5, 2.5, size=shape)
