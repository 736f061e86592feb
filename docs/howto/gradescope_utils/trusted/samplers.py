"""Inputs that no sampler of the rubric's own draws."""

import numpy as np


def rows_far_apart(rng, shape):
    """Return rows around 1000 and -1000 in turn: whoever shifts by the largest of all entries loses every other row."""
    offset = np.where(np.arange(shape[0]) % 2 == 0, 1000.0, -1000.0)
    return np.round(rng.normal(size=shape), 2) + offset[:, np.newaxis]
