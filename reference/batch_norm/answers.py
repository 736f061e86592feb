"""Trusted backward passes of batch normalisation.

With s = 1/sqrt(variance + eps) and h = (x - mean) s: dmean/dx_j = 1/N, dvariance/dx_j = 2 (x_j - mean) / N and
ds/dvariance = -s^3 / 2, so that dh_i/dx_j = s (delta_ij - 1/N - h_i h_j / N) within a feature (Ioffe & Szegedy, ICML
2015, section 3, summed up). At inference mean and variance are constants, and the last two terms are not there.
"""

from typing import NamedTuple

import numpy as np

from ..precision import widened
from ..tap import Array, Tap, untapped


class NormCotangents(NamedTuple):
    """What flows back through a normalisation.

    Parameters
    ----------
    X_bar : ndarray, shape (N, d)
        Cotangents of the samples.
    gamma_bar, beta_bar : ndarray, shape (d,)
        Cotangents of scale and shift.
    """

    X_bar: Array
    gamma_bar: Array
    beta_bar: Array


def batch_norm_VJP(
    X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array, *, tap: Tap = untapped
) -> NormCotangents:
    """Return X_bar = gamma s (Y_bar - mean(Y_bar) - h mean(Y_bar h)), gamma_bar = sum(Y_bar h), beta_bar = sum(Y_bar).

    Parameters
    ----------
    X : ndarray, shape (N, d)
        Samples, one a row; sums and means run over them.
    gamma, beta : ndarray, shape (d,)
        Scale and shift of each feature; the cotangents do not depend on the shift.
    eps : ndarray, shape ()
        Positive.
    Y_bar : ndarray, shape (N, d)
        Cotangents of the outputs.
    tap : callable, optional
        Is given every named intermediate value, and returns what is used.

    Returns
    -------
    NormCotangents

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, gamma, beta, eps, Y_bar = widened(X, gamma, beta, eps, Y_bar)
    centred = tap("centred", X - np.mean(X, axis=0))
    variance = tap("variance", np.mean(centred**2, axis=0))
    scale = tap("inverse_deviation", 1.0 / np.sqrt(variance + eps))
    normalised = tap("normalised", centred * scale)
    product = tap("product", Y_bar * normalised)
    through_mean = tap("mean_cotangent", np.mean(Y_bar, axis=0))
    through_variance = tap("path_through_variance", normalised * np.mean(product, axis=0))
    inner = tap("direct_path", Y_bar - through_mean) - through_variance
    return NormCotangents(
        X_bar=gamma * scale * inner, gamma_bar=np.sum(product, axis=0), beta_bar=np.sum(Y_bar, axis=0)
    )


def batch_norm_inference_VJP(
    X: Array,
    gamma: Array,
    beta: Array,
    mean: Array,
    variance: Array,
    eps: Array,
    Y_bar: Array,
    *,
    tap: Tap = untapped,
) -> NormCotangents:
    """Return X_bar = gamma s Y_bar, gamma_bar = sum(Y_bar h) and beta_bar = sum(Y_bar), with s and h as given.

    Parameters
    ----------
    X : ndarray, shape (N, d)
        Samples, one a row; sums run over them.
    gamma, beta : ndarray, shape (d,)
        Scale and shift of each feature; the cotangents do not depend on the shift.
    mean, variance : ndarray, shape (d,)
        Of each feature; the variance is not negative.
    eps : ndarray, shape ()
        Positive.
    Y_bar : ndarray, shape (N, d)
        Cotangents of the outputs.
    tap : callable, optional
        Is given every named intermediate value, and returns what is used.

    Returns
    -------
    NormCotangents

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, gamma, beta, mean, variance, eps, Y_bar = widened(X, gamma, beta, mean, variance, eps, Y_bar)
    scale = tap("inverse_deviation", 1.0 / np.sqrt(tap("variance", variance + eps)))
    normalised = tap("normalised", tap("centred", X - mean) * scale)
    product = tap("product", Y_bar * normalised)
    X_bar = tap("scaled_cotangent", gamma * Y_bar) * scale
    return NormCotangents(X_bar=X_bar, gamma_bar=np.sum(product, axis=0), beta_bar=np.sum(Y_bar, axis=0))
