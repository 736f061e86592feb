"""The Gaussian mixture as a forward model: densities, log-likelihood, responsibilities, and its parametrisations.

All in the log domain. Outside the domain (a covariance that is not positive definite, a negative weight) it gives nan.
No gradient stands here, so that this module can be handed to students.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..precision import widened
from ..tap import Array, Tap, untapped
from .triangular import cholesky_factor, solve_lower


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Factored:
    """What the densities need of the covariances.

    Parameters
    ----------
    factor : ndarray, shape (K, d, d)
        Lower-triangular L_k with L_k L_k^T = Sigma_k.
    log_determinant : ndarray, shape (K,)
        log|Sigma_k|.
    """

    factor: Array
    log_determinant: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Standardised:
    """The samples as each component sees them.

    Parameters
    ----------
    whitened : ndarray, shape (N, K, d)
        L_k^-1 (x_n - mu_k), where L_k L_k^T = Sigma_k.
    log_density : ndarray, shape (N, K)
        log N(x_n | mu_k, Sigma_k).
    """

    whitened: Array
    log_density: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Posterior:
    """Which component a sample comes from.

    Parameters
    ----------
    log_mixture : ndarray, shape (N,)
        log P(x_n), P(x_n) = sum_k pi_k N(x_n | mu_k, Sigma_k).
    responsibility : ndarray, shape (N, K)
        r_nk = pi_k N(x_n | mu_k, Sigma_k) / P(x_n).
    density_ratio : ndarray, shape (N, K)
        N(x_n | mu_k, Sigma_k) / P(x_n): r_nk / pi_k, defined for pi_k = 0 too.
    """

    log_mixture: Array
    responsibility: Array
    density_ratio: Array


def factorise(Sigma: Array, *, tap: Tap = untapped) -> Factored:
    """Return the Cholesky factors of the covariances and their log-determinants.

    Parameters
    ----------
    Sigma : ndarray, shape (K, d, d)
        Symmetric positive definite; only the lower triangles are read.
    tap : callable, optional
        Is given, for the factors and for the determinants apart, d times the largest entry of each covariance; what it
        changes there is added to the covariance.

    Returns
    -------
    Factored
        nan where a covariance is not positive definite.

    Notes
    -----
    An inverse, eigenvalues or a factor, however computed, are those of a matrix that is off by a modest multiple of
    d u |Sigma| *in every entry* (LAPACK Users' Guide, 3rd ed., sections 4.4 and 4.7), which a change relative to each
    entry would not show; and whoever takes the determinant from another factorisation than the quadratic form has two
    such errors, which do not cancel as one would.
    """
    if tap is untapped:
        factor = cholesky_factor(Sigma)
        return Factored(factor=factor, log_determinant=log_determinants(factor))
    largest = np.max(np.abs(Sigma), axis=(-2, -1), keepdims=True)
    room = np.broadcast_to(Sigma.shape[-1] * largest, Sigma.shape)
    in_form = Sigma + (tap("covariance_in_quadratic_form", room) - room)
    in_determinant = Sigma + (tap("covariance_in_determinant", room) - room)
    return Factored(factor=cholesky_factor(in_form), log_determinant=log_determinants(cholesky_factor(in_determinant)))


def log_determinants(factor: Array) -> Array:
    """Return log|L_k L_k^T|.

    Parameters
    ----------
    factor : ndarray, shape (K, d, d)
        Lower triangular.

    Returns
    -------
    ndarray, shape (K,)
    """
    diagonal = np.abs(np.diagonal(factor, axis1=-2, axis2=-1))
    log_determinant: Array = 2 * np.sum(np.log(diagonal), axis=-1)
    return log_determinant


def standardise(X: Array, mu: Array, covariances: Factored, *, tap: Tap = untapped) -> Standardised:
    """Return whitened residuals and log-densities.

    Parameters
    ----------
    X : ndarray, shape (N, d)
    mu : ndarray, shape (K, d)
    covariances : Factored
    tap : callable, optional
        Is given every named intermediate value.

    Returns
    -------
    Standardised

    Notes
    -----
    log N = -(d log(2 pi) + log|Sigma| + |L^-1 (x - mu)|^2) / 2 (Bishop, Pattern Recognition and Machine Learning,
    eq. 2.43). Whoever expands the square, |L^-1 x|^2 - 2 ... + |L^-1 mu|^2, rounds relative to those larger terms:
    they are tapped too, and cancel exactly when nobody touches them, so that without a tap they are left out.
    """
    factor = covariances.factor
    residual = tap("residual", X[:, np.newaxis, :] - mu)
    whitened = tap("whitened_residual", solve_lower(factor, residual))
    quadratic = tap("quadratic_form", np.sum(whitened**2, axis=-1))
    if tap is not untapped:
        of_samples = np.sum(solve_lower(factor, X[:, np.newaxis, :]) ** 2, axis=-1)
        expanded = of_samples + np.sum(solve_lower(factor, mu) ** 2, axis=-1)
        quadratic = quadratic + (tap("expanded_quadratic_form", expanded) - expanded)
    log_determinant = tap("log_determinant", covariances.log_determinant)
    log_density = -(X.shape[-1] * np.log(2 * np.pi) + log_determinant + quadratic) / 2
    return Standardised(whitened=whitened, log_density=tap("log_density", log_density))


def posterior(log_density: Array, log_weight: Array, *, tap: Tap = untapped) -> Posterior:
    """Return log P(x_n), the responsibilities and the density ratios.

    Parameters
    ----------
    log_density : ndarray, shape (N, K)
    log_weight : ndarray, shape (K,)
        log pi_k; pi is not normalised here, so its entries are independent.
    tap : callable, optional
        Is given every named intermediate value.

    Returns
    -------
    Posterior
    """
    untouched = log_density + log_weight
    log_joint = tap("log_joint", untouched)
    peak = np.max(log_joint, axis=-1, keepdims=True)
    normaliser = tap("normaliser", np.sum(tap("shifted_joint", np.exp(log_joint - peak)), axis=-1, keepdims=True))
    log_mixture = tap("log_mixture", peak + np.log(normaliser))
    # Through log P, as the formulas are written: what a tap does to log P then reaches both ratios.
    responsibility = tap("responsibility", np.exp(log_joint - log_mixture))
    # Whoever divides r_nk by pi_k has the rounding of log(pi_k N) in it; nothing where nobody touches that.
    rounding = np.subtract(log_joint, untouched, out=np.zeros_like(untouched), where=np.isfinite(untouched))
    density_ratio = tap("density_ratio", np.exp(log_density + rounding - log_mixture))
    return Posterior(log_mixture=log_mixture[..., 0], responsibility=responsibility, density_ratio=density_ratio)


def log_weights(pi: Array) -> Array:
    """Return log pi_k: -inf where pi_k is 0, nan where it is negative.

    Parameters
    ----------
    pi : ndarray, shape (K,)

    Returns
    -------
    ndarray, shape (K,)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        log_weight: Array = np.log(pi)
    return log_weight


def log_weights_from_logits(logits: Array) -> Array:
    """Return log softmax(logits).

    Parameters
    ----------
    logits : ndarray, shape (K,)

    Returns
    -------
    ndarray, shape (K,)
    """
    shifted = logits - np.max(logits)
    log_weight: Array = shifted - np.log(np.sum(np.exp(shifted)))
    return log_weight


def log_densities(X: Array, mu: Array, Sigma: Array) -> Array:
    """Return log N(x_n | mu_k, Sigma_k).

    Parameters
    ----------
    X : ndarray, shape (N, d)
    mu : ndarray, shape (K, d)
    Sigma : ndarray, shape (K, d, d)
        Symmetric positive definite.

    Returns
    -------
    ndarray, shape (N, K), float64 or wider

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, mu, Sigma = widened(X, mu, Sigma)
    return standardise(X, mu, factorise(Sigma)).log_density


def responsibilities(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return r_nk = pi_k N(x_n | mu_k, Sigma_k) / P(x_n).

    Parameters
    ----------
    X : ndarray, shape (N, d)
    pi : ndarray, shape (K,)
        Positive; it need not sum to 1.
    mu : ndarray, shape (K, d)
    Sigma : ndarray, shape (K, d, d)
        Symmetric positive definite.

    Returns
    -------
    ndarray, shape (N, K), float64 or wider
        Each row sums to 1.

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, pi, mu, Sigma = widened(X, pi, mu, Sigma)
    return posterior(standardise(X, mu, factorise(Sigma)).log_density, log_weights(pi)).responsibility


def log_likelihood(X: Array, pi: Array, mu: Array, Sigma: Array) -> np.floating[Any]:
    """Return l = sum_n log sum_k pi_k N(x_n | mu_k, Sigma_k).

    Parameters
    ----------
    X : ndarray, shape (N, d)
    pi : ndarray, shape (K,)
        Positive; its entries are independent, and nothing here makes them sum to 1.
    mu : ndarray, shape (K, d)
    Sigma : ndarray, shape (K, d, d)
        Symmetric positive definite; only the lower triangles are read.

    Returns
    -------
    floating, a numpy scalar of float64 or wider
        nan outside the domain.

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, pi, mu, Sigma = widened(X, pi, mu, Sigma)
    return _summed(X, log_weights(pi), mu, factorise(Sigma))


def log_likelihood_from_logits(X: Array, logits: Array, mu: Array, Sigma: Array) -> np.floating[Any]:
    """Return the log-likelihood at pi = softmax(logits).

    Parameters
    ----------
    X : ndarray, shape (N, d)
    logits : ndarray, shape (K,)
    mu : ndarray, shape (K, d)
    Sigma : ndarray, shape (K, d, d)
        Symmetric positive definite.

    Returns
    -------
    floating, a numpy scalar of float64 or wider
        nan outside the domain.

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, logits, mu, Sigma = widened(X, logits, mu, Sigma)
    return _summed(X, log_weights_from_logits(logits), mu, factorise(Sigma))


def log_likelihood_from_cholesky(X: Array, pi: Array, mu: Array, L: Array) -> np.floating[Any]:
    """Return the log-likelihood at Sigma_k = L_k L_k^T.

    Parameters
    ----------
    X : ndarray, shape (N, d)
    pi : ndarray, shape (K,)
        Positive.
    mu : ndarray, shape (K, d)
    L : ndarray, shape (K, d, d)
        Lower triangular with a diagonal without zeros; what stands above the diagonal is not read.

    Returns
    -------
    floating, a numpy scalar of float64 or wider
        nan outside the domain.

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, pi, mu, L = widened(X, pi, mu, L)
    return _summed(X, log_weights(pi), mu, Factored(factor=L, log_determinant=log_determinants(L)))


def _summed(X: Array, log_weight: Array, mu: Array, covariances: Factored) -> np.floating[Any]:
    total: np.floating[Any] = np.sum(posterior(standardise(X, mu, covariances).log_density, log_weight).log_mixture)
    return total
