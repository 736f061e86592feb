"""What adds up to the backward pass of batch normalisation, path by path: one that is forgotten can then be named.

Each function has the problem's signature and returns what the problem returns.
"""

import numpy as np

from ..precision import widened
from ..tap import Array
from .answers import NormCotangents, batch_norm_inference_VJP


def direct_path(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return what flows back while mean and variance stay as they are, and all that flows to scale and shift.

    Parameters
    ----------
    X, gamma, beta, eps, Y_bar : ndarray
        As for the backward pass.

    Returns
    -------
    NormCotangents

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    (X,) = widened(X)
    return batch_norm_inference_VJP(X, gamma, beta, np.mean(X, axis=0), np.var(X, axis=0), eps, Y_bar)


def path_through_mean(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return -gamma s mean(Y_bar), what flows to each sample through the mean.

    Parameters
    ----------
    X, gamma, beta, eps, Y_bar : ndarray
        As for the backward pass.

    Returns
    -------
    NormCotangents

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    constant = np.broadcast_to(np.mean(widened(Y_bar)[0], axis=0), np.shape(Y_bar))
    direct = direct_path(X, gamma, beta, eps, constant)
    return _to_samples(-direct.X_bar, gamma)


def path_through_variance(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return -gamma s h mean(Y_bar h), what flows to each sample through the variance.

    Parameters
    ----------
    X, gamma, beta, eps, Y_bar : ndarray
        As for the backward pass.

    Returns
    -------
    NormCotangents

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, gamma, beta, eps, Y_bar = widened(X, gamma, beta, eps, Y_bar)
    scale = 1.0 / np.sqrt(np.var(X, axis=0) + eps)
    normalised = (X - np.mean(X, axis=0)) * scale
    return _to_samples(-gamma * scale * normalised * np.mean(Y_bar * normalised, axis=0), gamma)


def _to_samples(X_bar: Array, gamma: Array) -> NormCotangents:
    nothing = np.zeros(np.shape(gamma))
    return NormCotangents(X_bar=X_bar, gamma_bar=nothing, beta_bar=nothing)
