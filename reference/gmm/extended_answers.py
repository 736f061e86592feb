"""Trusted gradients of the mixture's log-likelihood in its other parameters: logits, covariances, Cholesky factors.

Log domain, triangular solves, no explicit inverse; computed in float64 or wider.
"""

import numpy as np

from ..precision import widened
from ..tap import Array, Tap, untapped
from .forward import (
    Factored,
    factorise,
    log_determinants,
    log_weights,
    log_weights_from_logits,
    posterior,
    standardise,
)
from .triangular import solve_lower_transposed


def grad_logits(X: Array, logits: Array, mu: Array, Sigma: Array, *, tap: Tap = untapped) -> Array:
    """Return dl/da_k = sum_n r_nk - N pi_k at pi = softmax(a).

    Parameters
    ----------
    X : ndarray, shape (N, d)
    logits : ndarray, shape (K,)
        a.
    mu : ndarray, shape (K, d)
    Sigma : ndarray, shape (K, d, d)
        Symmetric positive definite.
    tap : callable, optional
        Is given every named intermediate value, and returns what is used.

    Returns
    -------
    ndarray, shape (K,), float64 or wider
        Its entries sum to 0.

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.

    Notes
    -----
    dpi_j/da_k = pi_j ([j = k] - pi_k) and dl/dpi_j = sum_n r_nj / pi_j; as sum_j r_nj = 1, the second term is N pi_k.
    """
    X, logits, mu, Sigma = widened(X, logits, mu, Sigma)
    log_weight = tap("log_weight", log_weights_from_logits(logits))
    log_density = standardise(X, mu, factorise(Sigma, tap=tap), tap=tap).log_density
    responsibility = posterior(log_density, log_weight, tap=tap).responsibility
    weight = tap("weight", np.exp(log_weight))
    return tap("occupation", np.sum(responsibility, axis=0)) - tap("expected_occupation", len(X) * weight)


def grad_Sigma(X: Array, pi: Array, mu: Array, Sigma: Array, *, tap: Tap = untapped) -> Array:
    """Return the symmetric G_k with dl = sum_k <G_k, dSigma_k> for every symmetric dSigma_k.

    Parameters
    ----------
    X : ndarray, shape (N, d)
    pi : ndarray, shape (K,)
        Positive.
    mu : ndarray, shape (K, d)
    Sigma : ndarray, shape (K, d, d)
        Symmetric positive definite.
    tap : callable, optional
        Is given every named intermediate value, and returns what is used.

    Returns
    -------
    ndarray, shape (K, d, d), float64 or wider
        Exactly symmetric.

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.

    Notes
    -----
    G_k = 1/2 sum_n r_nk (Sigma_k^-1 e e^T Sigma_k^-1 - Sigma_k^-1) with e = x_n - mu_k: Petersen and Pedersen, The
    Matrix Cookbook (2012), eqs. 57 and 61, without the doubling of off-diagonal entries, which belongs to the
    derivative in the free entries of one triangle.
    """
    X, pi, mu, Sigma = widened(X, pi, mu, Sigma)
    covariances = factorise(Sigma, tap=tap)
    factor = covariances.factor
    core = _whitened_gradient(X, log_weights(pi), mu, covariances, tap=tap)
    left = solve_lower_transposed(factor, np.moveaxis(core, -1, 0))  # left[j, k] is column j of L_k^-T A_k
    both = solve_lower_transposed(factor, np.swapaxes(left, 0, -1))  # both[i, k] is row i of L_k^-T A_k L_k^-1
    gradient = tap("unsymmetrised", np.moveaxis(both, 0, 1)) / 2
    return (gradient + np.swapaxes(gradient, -1, -2)) / 2


def grad_cholesky(X: Array, pi: Array, mu: Array, L: Array, *, tap: Tap = untapped) -> Array:
    """Return dl/dL_k, lower triangular, at Sigma_k = L_k L_k^T.

    Parameters
    ----------
    X : ndarray, shape (N, d)
    pi : ndarray, shape (K,)
        Positive.
    mu : ndarray, shape (K, d)
    L : ndarray, shape (K, d, d)
        Lower triangular with a positive diagonal.
    tap : callable, optional
        Is given every named intermediate value, and returns what is used.

    Returns
    -------
    ndarray, shape (K, d, d), float64 or wider
        Exactly 0 above the diagonal.

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.

    Notes
    -----
    dSigma = dL L^T + L dL^T, hence dl = <2 G L, dL> with the symmetric G of ``grad_Sigma``; only the lower triangle of
    L is free. With A = sum_n r_nk (w w^T - I), w = L^-1 (x_n - mu_k): 2 G L = L^-T A.
    """
    X, pi, mu, L = widened(X, pi, mu, L)
    covariances = _through_product(L, tap)
    core = _whitened_gradient(X, log_weights(pi), mu, covariances, tap=tap)
    solved = solve_lower_transposed(covariances.factor, np.moveaxis(core, -1, 0))
    return np.tril(tap("untruncated", np.moveaxis(solved, 0, -1)))


def _through_product(L: Array, tap: Tap) -> Factored:
    # Forming L L^T and factorising or inverting that is as right a way, with the rounding that goes with it. The shifts
    # are 0 when nobody taps, and where the product is not positive definite in floating point: then nobody can go that
    # way. They are nan where only a tap makes it so: whoever goes that way then stands at the edge of the domain.
    Sigma = np.tril(L) @ np.swapaxes(np.tril(L), -1, -2)
    tapped, plain = factorise(Sigma, tap=tap), factorise(Sigma)
    shift = np.where(np.isnan(plain.factor), 0, tapped.factor - plain.factor)
    shift_of_log = np.where(np.isnan(plain.log_determinant), 0, tapped.log_determinant - plain.log_determinant)
    return Factored(factor=L + shift, log_determinant=log_determinants(L) + shift_of_log)


def _whitened_gradient(X: Array, log_weight: Array, mu: Array, covariances: Factored, *, tap: Tap) -> Array:
    # sum_n r_nk (w w^T - I): twice the gradient in Sigma_k, seen in coordinates in which Sigma_k is the identity.
    standardised = standardise(X, mu, covariances, tap=tap)
    responsibility = posterior(standardised.log_density, log_weight, tap=tap).responsibility
    whitened = standardised.whitened
    scatter = tap("scatter", np.einsum("nk,nki,nkj->kij", responsibility, whitened, whitened))
    occupation = tap("occupation", np.sum(responsibility, axis=0))
    return scatter - occupation[:, np.newaxis, np.newaxis] * np.eye(X.shape[-1])
