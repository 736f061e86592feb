"""Inputs that no sampler of the rubric's own vocabulary draws."""

import numpy as np

from ..tap import Array


def rows_far_apart(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return logits whose rows lie around 1000 and -1000 in turn, with standard deviation 1 within a row.

    Whoever shifts by the maximum of all entries, not of each row, loses every other row to underflow.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : tuple of int
        (N, C).

    Returns
    -------
    ndarray, shape (N, C), float64
        Two decimal digits.
    """
    offset = np.where(np.arange(shape[0]) % 2 == 0, 1000.0, -1000.0)
    return np.round(rng.normal(size=shape), 2) + offset[:, np.newaxis]
