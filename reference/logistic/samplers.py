"""Inputs that no sampler of the rubric's own vocabulary draws."""

import numpy as np
from numpy.typing import NDArray

from ..tap import Array


def both_labels(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Return labels of 0 and 1, each of them there at least once where there are two samples or more.

    Were all labels the same, mistakes that mix the labels up would look alike.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : tuple of int
        (N,).

    Returns
    -------
    ndarray, shape (N,), int64
    """
    labels = rng.integers(2, size=shape, dtype=np.int64)
    labels[:2] = np.arange(2)[: len(labels)]
    return rng.permutation(labels)


def far_on_both_sides(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return samples whose features sum to about 1000 and -1000 in turn, with standard deviation 1 in each feature.

    With weights of 1 they have logits of that size: a formula for the sigmoid that suits one sign only overflows.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : tuple of int
        (N, d).

    Returns
    -------
    ndarray, shape (N, d), float64
        Two decimal digits.
    """
    offset = np.where(np.arange(shape[0]) % 2 == 0, 1000.0, -1000.0) / shape[1]
    return np.round(rng.normal(size=shape) + offset[:, np.newaxis], 2)
