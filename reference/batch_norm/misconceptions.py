"""Mistakes in the backward passes of batch normalisation: each function has the problem's signature and makes just one.

What a student who makes it is told stands in the rubric. Whoever makes one may return another shape than is due.
"""

from typing import NamedTuple

import numpy as np

from ..precision import widened
from ..tap import Array
from .answers import NormCotangents, batch_norm_inference_VJP, batch_norm_VJP


class _Paths(NamedTuple):
    """The three paths to X_bar, each with the factor gamma s, and what the right answer needs besides."""

    direct: Array
    mean: Array
    variance: Array
    right: NormCotangents


def _paths(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> _Paths:
    X, gamma, beta, eps, Y_bar = widened(X, gamma, beta, eps, Y_bar)
    s = 1.0 / np.sqrt(np.var(X, axis=0) + eps)
    h = (X - np.mean(X, axis=0)) * s
    factor = gamma * s
    return _Paths(
        direct=factor * Y_bar,
        mean=-factor * np.mean(Y_bar, axis=0),
        variance=-factor * h * np.mean(Y_bar * h, axis=0),
        right=batch_norm_VJP(X, gamma, beta, eps, Y_bar),
    )


def _normalised_by(h: Array, s: Array, gamma: Array, Y_bar: Array) -> NormCotangents:
    # The right formula for any normalised samples h and any factor s: so a mistake in s alone is one line.
    inner = Y_bar - np.mean(Y_bar, axis=0) - h * np.mean(Y_bar * h, axis=0)
    return NormCotangents(X_bar=gamma * s * inner, gamma_bar=np.sum(Y_bar * h, axis=0), beta_bar=np.sum(Y_bar, axis=0))


# batch_norm_VJP ------------------------------------------------------------------------------------------------------


def statistics_constant(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return X_bar = gamma s Y_bar: mean and variance do not depend on X, it says."""
    paths = _paths(X, gamma, beta, eps, Y_bar)
    return paths.right._replace(X_bar=paths.direct)


def without_variance_path(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return X_bar = gamma s (Y_bar - mean(Y_bar))."""
    paths = _paths(X, gamma, beta, eps, Y_bar)
    return paths.right._replace(X_bar=paths.direct + paths.mean)


def without_mean_path(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return X_bar = gamma s (Y_bar - h mean(Y_bar h))."""
    paths = _paths(X, gamma, beta, eps, Y_bar)
    return paths.right._replace(X_bar=paths.direct + paths.variance)


def without_direct_path(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return X_bar = -gamma s (mean(Y_bar) + h mean(Y_bar h))."""
    paths = _paths(X, gamma, beta, eps, Y_bar)
    return paths.right._replace(X_bar=paths.mean + paths.variance)


def paths_not_averaged(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return X_bar = gamma s (Y_bar - sum(Y_bar) - h sum(Y_bar h))."""
    paths = _paths(X, gamma, beta, eps, Y_bar)
    return paths.right._replace(X_bar=paths.direct + len(X) * (paths.mean + paths.variance))


def wrong_sign_of_variance_path(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return X_bar = gamma s (Y_bar - mean(Y_bar) + h mean(Y_bar h)): the minus of ds/dvariance is lost."""
    paths = _paths(X, gamma, beta, eps, Y_bar)
    return paths.right._replace(X_bar=paths.direct + paths.mean - paths.variance)


def variance_path_halved(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return X_bar = gamma s (Y_bar - mean(Y_bar) - h mean(Y_bar h) / 2): the 2 of the square is lost."""
    paths = _paths(X, gamma, beta, eps, Y_bar)
    return paths.right._replace(X_bar=paths.direct + paths.mean + paths.variance / 2)


def variance_path_doubled(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return X_bar = gamma s (Y_bar - mean(Y_bar) - 2 h mean(Y_bar h)): the 1/2 of the root is lost."""
    paths = _paths(X, gamma, beta, eps, Y_bar)
    return paths.right._replace(X_bar=paths.direct + paths.mean + 2 * paths.variance)


def gamma_missing(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return X_bar = s (Y_bar - mean(Y_bar) - h mean(Y_bar h))."""
    right = batch_norm_VJP(X, gamma, beta, eps, Y_bar)
    return right._replace(X_bar=batch_norm_VJP(X, np.ones_like(gamma), beta, eps, Y_bar).X_bar)


def gamma_bar_of_raw_samples(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return gamma_bar = sum(Y_bar x): the samples are not normalised."""
    X, gamma, beta, eps, Y_bar = widened(X, gamma, beta, eps, Y_bar)
    return batch_norm_VJP(X, gamma, beta, eps, Y_bar)._replace(gamma_bar=np.sum(Y_bar * X, axis=0))


def parameters_averaged(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return gamma_bar = mean(Y_bar h) and beta_bar = mean(Y_bar)."""
    right = batch_norm_VJP(X, gamma, beta, eps, Y_bar)
    return right._replace(gamma_bar=right.gamma_bar / len(X), beta_bar=right.beta_bar / len(X))


def beta_bar_not_summed(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return beta_bar = Y_bar, one row a sample."""
    return batch_norm_VJP(X, gamma, beta, eps, Y_bar)._replace(beta_bar=widened(Y_bar)[0])


def parameters_swapped(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return sum(Y_bar) for gamma and sum(Y_bar h) for beta."""
    right = batch_norm_VJP(X, gamma, beta, eps, Y_bar)
    return right._replace(gamma_bar=right.beta_bar, beta_bar=right.gamma_bar)


def unbiased_variance(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return the right formula with a variance that is divided by N - 1."""
    X, gamma, beta, eps, Y_bar = widened(X, gamma, beta, eps, Y_bar)
    centred = X - np.mean(X, axis=0)
    s = 1.0 / np.sqrt(np.sum(centred**2, axis=0) / np.float64(len(X) - 1) + eps)
    return _normalised_by(centred * s, s, gamma, Y_bar)


def eps_outside_of_root(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return the right formula with s = 1 / (sqrt(variance) + eps)."""
    X, gamma, beta, eps, Y_bar = widened(X, gamma, beta, eps, Y_bar)
    s = 1.0 / (np.std(X, axis=0) + eps)
    return _normalised_by((X - np.mean(X, axis=0)) * s, s, gamma, Y_bar)


def eps_forgotten(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return the right formula with s = 1 / sqrt(variance)."""
    return batch_norm_VJP(X, gamma, beta, 0.0 * eps, Y_bar)


def root_forgotten(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return the right formula with s = 1 / (variance + eps)."""
    X, gamma, beta, eps, Y_bar = widened(X, gamma, beta, eps, Y_bar)
    s = 1.0 / (np.var(X, axis=0) + eps)
    return _normalised_by((X - np.mean(X, axis=0)) * s, s, gamma, Y_bar)


def normalised_along_rows(X: Array, gamma: Array, beta: Array, eps: Array, Y_bar: Array) -> NormCotangents:
    """Return the backward pass of layer normalisation: mean and variance of each row."""
    X, gamma, beta, eps, Y_bar = widened(X, gamma, beta, eps, Y_bar)
    s = 1.0 / np.sqrt(np.var(X, axis=1, keepdims=True) + eps)
    h = (X - np.mean(X, axis=1, keepdims=True)) * s
    h_bar = gamma * Y_bar
    inner = h_bar - np.mean(h_bar, axis=1, keepdims=True) - h * np.mean(h_bar * h, axis=1, keepdims=True)
    return NormCotangents(X_bar=s * inner, gamma_bar=np.sum(Y_bar * h, axis=0), beta_bar=np.sum(Y_bar, axis=0))


# batch_norm_inference_VJP --------------------------------------------------------------------------------------------


def inference_with_paths(
    X: Array, gamma: Array, beta: Array, mean: Array, variance: Array, eps: Array, Y_bar: Array
) -> NormCotangents:
    """Return the formula of training with the given statistics: as if they depended on X."""
    X, gamma, beta, mean, variance, eps, Y_bar = widened(X, gamma, beta, mean, variance, eps, Y_bar)
    s = 1.0 / np.sqrt(variance + eps)
    return _normalised_by((X - mean) * s, s, gamma, Y_bar)


def inference_with_batch_statistics(
    X: Array,
    gamma: Array,
    beta: Array,
    mean: Array,  # noqa: ARG001 - not to use it is the mistake
    variance: Array,  # noqa: ARG001 - nor this
    eps: Array,
    Y_bar: Array,
) -> NormCotangents:
    """Return gamma s Y_bar and sum(Y_bar h) with the mean and the variance of the batch."""
    return statistics_constant(X, gamma, beta, eps, Y_bar)


def inference_is_training(
    X: Array,
    gamma: Array,
    beta: Array,
    mean: Array,  # noqa: ARG001 - not to use it is the mistake
    variance: Array,  # noqa: ARG001 - nor this
    eps: Array,
    Y_bar: Array,
) -> NormCotangents:
    """Return the backward pass of training: the given statistics are not used at all."""
    return batch_norm_VJP(X, gamma, beta, eps, Y_bar)


def inference_gamma_missing(
    X: Array, gamma: Array, beta: Array, mean: Array, variance: Array, eps: Array, Y_bar: Array
) -> NormCotangents:
    """Return X_bar = s Y_bar."""
    right = batch_norm_inference_VJP(X, gamma, beta, mean, variance, eps, Y_bar)
    one = np.ones_like(gamma)
    return right._replace(X_bar=batch_norm_inference_VJP(X, one, beta, mean, variance, eps, Y_bar).X_bar)


def inference_eps_forgotten(
    X: Array, gamma: Array, beta: Array, mean: Array, variance: Array, eps: Array, Y_bar: Array
) -> NormCotangents:
    """Return the right formula with s = 1 / sqrt(variance)."""
    return batch_norm_inference_VJP(X, gamma, beta, mean, variance, 0.0 * eps, Y_bar)


def inference_root_forgotten(
    X: Array, gamma: Array, beta: Array, mean: Array, variance: Array, eps: Array, Y_bar: Array
) -> NormCotangents:
    """Return the right formula with s = 1 / (variance + eps)."""
    variance, eps = widened(variance, eps)
    return batch_norm_inference_VJP(X, gamma, beta, mean, (variance + eps) ** 2, 0.0 * eps, Y_bar)


def inference_gamma_bar_of_raw_samples(
    X: Array, gamma: Array, beta: Array, mean: Array, variance: Array, eps: Array, Y_bar: Array
) -> NormCotangents:
    """Return gamma_bar = sum(Y_bar x): the samples are not normalised."""
    X, Y_bar = widened(X, Y_bar)
    right = batch_norm_inference_VJP(X, gamma, beta, mean, variance, eps, Y_bar)
    return right._replace(gamma_bar=np.sum(Y_bar * X, axis=0))


def inference_parameters_averaged(
    X: Array, gamma: Array, beta: Array, mean: Array, variance: Array, eps: Array, Y_bar: Array
) -> NormCotangents:
    """Return gamma_bar = mean(Y_bar h) and beta_bar = mean(Y_bar)."""
    right = batch_norm_inference_VJP(X, gamma, beta, mean, variance, eps, Y_bar)
    return right._replace(gamma_bar=right.gamma_bar / len(X), beta_bar=right.beta_bar / len(X))
