"""Masks, and scores that only a mask makes harmless: what no sampler of the rubric's own vocabulary draws."""

import numpy as np
from numpy.typing import NDArray

from ..tap import Array


def some_allowed(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return a mask that allows at least two keys of each query and forbids at least one, where there are so many.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : tuple of int
        (T, S).

    Returns
    -------
    ndarray, shape (T, S), bool
    """
    queries, keys = shape
    least, most = min(2, keys), max(keys - 1, 1)
    allowed = [rng.permutation(keys) < rng.integers(min(least, most), most, endpoint=True) for _ in range(queries)]
    return np.array(allowed, dtype=np.bool_).reshape(shape)


def all_allowed(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.bool_]:  # noqa: ARG001 - a sampler's signature
    """Return a mask that forbids nothing.

    Parameters
    ----------
    rng : numpy.random.Generator
        Not used.
    shape : tuple of int
        (T, S).

    Returns
    -------
    ndarray, shape (T, S), bool
    """
    return np.ones(shape, dtype=np.bool_)


def one_allowed(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return a mask that allows a single key of each query, whose weight is 1.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : tuple of int
        (T, S).

    Returns
    -------
    ndarray, shape (T, S), bool
    """
    allowed: NDArray[np.bool_] = np.arange(shape[1]) == rng.integers(shape[1], size=(shape[0], 1))
    return allowed


def causal(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.bool_]:  # noqa: ARG001 - a sampler's signature
    """Return the mask of a decoder: query t may look at the keys up to t.

    Parameters
    ----------
    rng : numpy.random.Generator
        Not used.
    shape : tuple of int
        (T, S).

    Returns
    -------
    ndarray, shape (T, S), bool
    """
    return np.tril(np.ones(shape, dtype=np.bool_))


def first_forbidden(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.bool_]:  # noqa: ARG001 - a sampler's signature
    """Return a mask that forbids the first key, and nothing else: made for `large_in_front`.

    Parameters
    ----------
    rng : numpy.random.Generator
        Not used.
    shape : tuple of int
        (T, S), S at least 2.

    Returns
    -------
    ndarray, shape (T, S), bool
    """
    return np.broadcast_to(np.arange(shape[1]) > 0, shape)


def large_in_front(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return rows of standard normal numbers, those of the first column about 1000.

    Whoever shifts by the largest score of a row, forbidden or not, loses the others to underflow.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : tuple of int
        Of a matrix of scores.

    Returns
    -------
    ndarray, float64
        Two decimal digits.
    """
    scores: Array = np.round(rng.normal(size=shape) + 1000.0 * (np.arange(shape[1]) == 0), 2)
    return scores


def one_large_key(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return keys of standard normal numbers, the first of them with entries of about 1500.

    With queries of positive entries its scores are the largest of each row by more than a thousand.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : tuple of int
        (S, d).

    Returns
    -------
    ndarray, shape (S, d), float64
        Two decimal digits.
    """
    keys: Array = np.round(rng.normal(size=shape) + 1500.0 * (np.arange(shape[0]) == 0)[:, np.newaxis], 2)
    return keys


def queries_on_either_side(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return queries with entries around 30 and around -30 in turn, with standard deviation 1/20.

    With keys around 30 the rows of scores lie above 1000 and below -1000: whoever shifts by the largest of all entries,
    not of each row, loses every other row to underflow.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : tuple of int
        (T, d).

    Returns
    -------
    ndarray, shape (T, d), float64
        Three decimal digits.
    """
    offset = np.where(np.arange(shape[0]) % 2 == 0, 30.0, -30.0)[:, np.newaxis]
    queries: Array = np.round(0.05 * rng.normal(size=shape) + offset, 3)
    return queries
