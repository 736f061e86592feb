"""Batch normalisation as a forward model, with the statistics of the batch and with given ones.

No gradient stands here, so that this module can be handed to students.
"""

import numpy as np

from ..precision import widened
from ..tap import Array


def batch_norm(X: Array, gamma: Array, beta: Array, eps: Array) -> Array:
    """Return gamma (x - mean) / sqrt(variance + eps) + beta, with the mean and the variance of each column.

    Parameters
    ----------
    X : ndarray, shape (N, d)
        Samples, one a row.
    gamma, beta : ndarray, shape (d,)
        Scale and shift of each feature.
    eps : ndarray, shape ()
        Positive.

    Returns
    -------
    ndarray, shape (N, d), float64 or wider
        The variance is divided by N, and taken of the differences to the mean: mean(x^2) - mean(x)^2 would cancel.

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, gamma, beta, eps = widened(X, gamma, beta, eps)
    mean = np.mean(X, axis=0)
    return batch_norm_inference(X, gamma, beta, mean, np.mean((X - mean) ** 2, axis=0), eps)


def batch_norm_inference(X: Array, gamma: Array, beta: Array, mean: Array, variance: Array, eps: Array) -> Array:
    """Return gamma (x - mean) / sqrt(variance + eps) + beta, with a mean and a variance that are given.

    Parameters
    ----------
    X : ndarray, shape (N, d)
        Samples, one a row.
    gamma, beta : ndarray, shape (d,)
        Scale and shift of each feature.
    mean, variance : ndarray, shape (d,)
        Of each feature; the variance is not negative.
    eps : ndarray, shape ()
        Positive.

    Returns
    -------
    ndarray, shape (N, d), float64 or wider

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, gamma, beta, mean, variance, eps = widened(X, gamma, beta, mean, variance, eps)
    output: Array = gamma * (X - mean) / np.sqrt(variance + eps) + beta
    return output
