"""Inputs that no sampler of the rubric's own vocabulary draws."""

import numpy as np

from ..tap import Array


def features_of_many_scales(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return samples whose features have standard deviations of about 1000, 1, 1/1000, 1000 and so on.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : tuple of int
        (N, d).

    Returns
    -------
    ndarray, shape (N, d), float64
        Each feature has a mean of the size of its standard deviation.
    """
    scale = 10.0 ** np.array([3.0, 0.0, -3.0])[np.arange(shape[1]) % 3]
    return scale * (rng.normal(size=shape) + rng.normal(size=shape[1]))
