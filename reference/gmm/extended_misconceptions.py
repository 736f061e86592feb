"""Mistakes in the mixture's gradients in logits, covariances and Cholesky factors; each function makes just one.

What a student who makes it is told stands in the rubric.
"""

import numpy as np

from ..precision import widened
from ..tap import Array
from . import extended_answers as answers
from .forward import responsibilities
from .misconceptions import pi_times_pi


def _weights(logits: Array) -> Array:
    (logits,) = widened(logits)
    exponential = np.exp(logits - np.max(logits))
    pi: Array = exponential / np.sum(exponential)
    return pi


def _covariances(L: Array) -> Array:
    (L,) = widened(L)
    return L @ np.swapaxes(L, -1, -2)


def _occupation(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    return pi_times_pi(X, pi, mu, Sigma)[:, np.newaxis, np.newaxis]


def _scatter(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    # sum_n r_nk (x_n - mu_k)(x_n - mu_k)^T, shape (K, d, d).
    X, pi, mu, Sigma = widened(X, pi, mu, Sigma)
    residual = X[:, np.newaxis, :] - mu
    scatter: Array = np.einsum("nk,nki,nkj->kij", responsibilities(X, pi, mu, Sigma), residual, residual)
    return scatter


# grad_logits ---------------------------------------------------------------------------------------------------------


def logits_in_weights(X: Array, logits: Array, mu: Array, Sigma: Array) -> Array:
    """Return sum_n r_nk / pi_k: the gradient in pi itself."""
    pi = _weights(logits)
    return pi_times_pi(X, pi, mu, Sigma) / pi


def logits_without_normaliser(X: Array, logits: Array, mu: Array, Sigma: Array) -> Array:
    """Return sum_n r_nk: softmax's own normaliser does not depend on the logits, it says."""
    return pi_times_pi(X, _weights(logits), mu, Sigma)


def logits_with_diagonal_jacobian(X: Array, logits: Array, mu: Array, Sigma: Array) -> Array:
    """Return (1 - pi_k) sum_n r_nk: only the diagonal of softmax's Jacobian."""
    pi = _weights(logits)
    return (1 - pi) * pi_times_pi(X, pi, mu, Sigma)


def logits_minus_mean(X: Array, logits: Array, mu: Array, Sigma: Array) -> Array:
    """Return sum_n r_nk - N/K: as if the weights were equal."""
    return pi_times_pi(X, _weights(logits), mu, Sigma) - len(X) / len(logits)


def logits_with_wrong_sign(X: Array, logits: Array, mu: Array, Sigma: Array) -> Array:
    """Return N pi_k - sum_n r_nk."""
    return -answers.grad_logits(X, logits, mu, Sigma)


def logits_averaged_over_samples(X: Array, logits: Array, mu: Array, Sigma: Array) -> Array:
    """Return the mean over the samples where the sum is due."""
    return answers.grad_logits(X, logits, mu, Sigma) / len(X)


def logits_without_count(X: Array, logits: Array, mu: Array, Sigma: Array) -> Array:
    """Return sum_n r_nk - pi_k: pi_k is taken off once, not once for each sample."""
    pi = _weights(logits)
    return pi_times_pi(X, pi, mu, Sigma) - pi


# grad_Sigma ----------------------------------------------------------------------------------------------------------


def covariance_without_determinant(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return 1/2 sum_n r_nk Sigma_k^-1 e e^T Sigma_k^-1."""
    X, pi, mu, Sigma = widened(X, pi, mu, Sigma)
    return answers.grad_Sigma(X, pi, mu, Sigma) + _occupation(X, pi, mu, Sigma) * np.linalg.inv(Sigma) / 2


def covariance_without_half(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return twice the gradient."""
    return 2 * answers.grad_Sigma(X, pi, mu, Sigma)


def covariance_with_wrong_sign(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return minus the gradient: that in the precision has this sign."""
    return -answers.grad_Sigma(X, pi, mu, Sigma)


def covariance_in_precision(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return 1/2 sum_n r_nk (Sigma_k - e e^T): the gradient in the precision Sigma_k^-1."""
    X, pi, mu, Sigma = widened(X, pi, mu, Sigma)
    return (_occupation(X, pi, mu, Sigma) * Sigma - _scatter(X, pi, mu, Sigma)) / 2


def covariance_of_free_entries(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return 2 G - diag(G): the derivative in the entries of one triangle."""
    gradient = answers.grad_Sigma(X, pi, mu, Sigma)
    return gradient * (2 - np.eye(Sigma.shape[-1]))


def covariance_averaged_over_samples(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return the mean over the samples where the sum is due."""
    return answers.grad_Sigma(X, pi, mu, Sigma) / len(X)


def covariance_with_one_inverse(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return 1/2 sum_n r_nk (Sigma_k^-1 e e^T - Sigma_k^-1): not symmetric."""
    X, pi, mu, Sigma = widened(X, pi, mu, Sigma)
    inverse = np.linalg.inv(Sigma)
    return (inverse @ _scatter(X, pi, mu, Sigma) - _occupation(X, pi, mu, Sigma) * inverse) / 2


# grad_cholesky -------------------------------------------------------------------------------------------------------


def cholesky_not_truncated(X: Array, pi: Array, mu: Array, L: Array) -> Array:
    """Return 2 G L with its upper triangle."""
    return 2 * answers.grad_Sigma(X, pi, mu, _covariances(L)) @ L


def cholesky_without_two(X: Array, pi: Array, mu: Array, L: Array) -> Array:
    """Return tril(G L): only one of the two places where L stands in L L^T."""
    return answers.grad_cholesky(X, pi, mu, L) / 2


def cholesky_without_factor(X: Array, pi: Array, mu: Array, L: Array) -> Array:
    """Return tril(G): the gradient in Sigma, not in L."""
    return np.tril(answers.grad_Sigma(X, pi, mu, _covariances(L)))


def cholesky_from_the_left(X: Array, pi: Array, mu: Array, L: Array) -> Array:
    """Return tril(2 L G): the factor on the wrong side."""
    return np.tril(2 * L @ answers.grad_Sigma(X, pi, mu, _covariances(L)))


def cholesky_transposed(X: Array, pi: Array, mu: Array, L: Array) -> Array:
    """Return tril(2 G L^T)."""
    return np.tril(2 * answers.grad_Sigma(X, pi, mu, _covariances(L)) @ np.swapaxes(L, -1, -2))


def cholesky_with_wrong_sign(X: Array, pi: Array, mu: Array, L: Array) -> Array:
    """Return minus the gradient."""
    return -answers.grad_cholesky(X, pi, mu, L)


def cholesky_without_determinant(X: Array, pi: Array, mu: Array, L: Array) -> Array:
    """Return the gradient without that of -log|L_k|."""
    X, pi, mu, L = widened(X, pi, mu, L)
    diagonal = np.diagonal(L, axis1=-2, axis2=-1)[:, np.newaxis, :] * np.eye(L.shape[-1])
    missing = np.divide(1, diagonal, out=np.zeros_like(diagonal), where=diagonal != 0)
    return answers.grad_cholesky(X, pi, mu, L) + _occupation(X, pi, mu, _covariances(L)) * missing
