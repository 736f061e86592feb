"""Inputs that no sampler of the rubric's own vocabulary draws."""

import numpy as np

from ..tap import Array


def away_from_zero(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return numbers of either sign between 0.1 and 3 in size: a ReLU has no derivative at 0.

    Where there are two or more, both signs are there, so that a ReLU does something.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : tuple of int
        Of any array.

    Returns
    -------
    ndarray, float64
        Two decimal digits.
    """
    size = int(np.prod(shape))
    signs = rng.choice((-1.0, 1.0), size=size)
    if size > 1:
        signs[:2] = -1.0, 1.0
    return (rng.permutation(signs) * np.round(rng.uniform(0.1, 3.0, size=size), 2)).reshape(shape)


def positive(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return the absolute values of `away_from_zero`.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : tuple of int
        Of any array.

    Returns
    -------
    ndarray, float64
        Two decimal digits.
    """
    return np.abs(away_from_zero(rng, shape))


def negative(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return minus the absolute values of `away_from_zero`.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : tuple of int
        Of any array.

    Returns
    -------
    ndarray, float64
        Two decimal digits.
    """
    return -positive(rng, shape)


def of_many_sizes(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return numbers of either sign, their sizes from 1e-6 to 1e6.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : tuple of int
        Of any array.

    Returns
    -------
    ndarray, float64
    """
    signs = rng.choice((-1.0, 1.0), size=shape)
    return np.asarray(signs * 10.0 ** rng.uniform(-6.0, 6.0, size=shape))


def near_and_far(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return numbers of about 1 and of about 1000 and -1000 in turn.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : tuple of int
        Of any array.

    Returns
    -------
    ndarray, float64
        Two decimal digits.
    """
    offset = np.array([0.0, 1000.0, -1000.0])[np.arange(int(np.prod(shape))) % 3].reshape(shape)
    return np.asarray(np.round(rng.normal(size=shape) + offset, 2))
