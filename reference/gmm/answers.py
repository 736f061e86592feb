"""Trusted gradients of the mixture's log-likelihood in mu and pi: the first problem of CS280 HW1.

Derived in docs/cs280_hw1.md. Log domain, triangular solves, no explicit inverse; computed in float64 or wider.
"""

import numpy as np

from ..precision import widened
from ..tap import Array, Tap, untapped
from .forward import factorise, log_weights, posterior, standardise
from .triangular import solve_lower_transposed


def grad_mu(X: Array, pi: Array, mu: Array, Sigma: Array, *, tap: Tap = untapped) -> Array:
    """Return dl/dmu_k = sum_n r_nk Sigma_k^-1 (x_n - mu_k).

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
    ndarray, shape (K, d), float64 or wider

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, pi, mu, Sigma = widened(X, pi, mu, Sigma)
    covariances = factorise(Sigma, tap=tap)
    standardised = standardise(X, mu, covariances, tap=tap)
    responsibility = posterior(standardised.log_density, log_weights(pi), tap=tap).responsibility
    solved = tap("solved_residual", solve_lower_transposed(covariances.factor, standardised.whitened))
    gradient: Array = np.sum(tap("weighted_residual", responsibility[..., np.newaxis] * solved), axis=0)
    return gradient


def grad_pi(X: Array, pi: Array, mu: Array, Sigma: Array, *, tap: Tap = untapped) -> Array:
    """Return dl/dpi_k = sum_n N(x_n | mu_k, Sigma_k) / P(x_n) = sum_n r_nk / pi_k, the entries of pi independent.

    Parameters
    ----------
    X : ndarray, shape (N, d)
    pi : ndarray, shape (K,)
        Not negative, not all zero.
    mu : ndarray, shape (K, d)
    Sigma : ndarray, shape (K, d, d)
        Symmetric positive definite.
    tap : callable, optional
        Is given every named intermediate value, and returns what is used.

    Returns
    -------
    ndarray, shape (K,), float64 or wider

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, pi, mu, Sigma = widened(X, pi, mu, Sigma)
    log_density = standardise(X, mu, factorise(Sigma, tap=tap), tap=tap).log_density
    gradient: Array = np.sum(posterior(log_density, log_weights(pi), tap=tap).density_ratio, axis=0)
    return gradient


def grad_pi_constrained(X: Array, pi: Array, mu: Array, Sigma: Array, *, tap: Tap = untapped) -> Array:
    """Return the gradient in pi within the simplex: grad_pi minus its mean over the components.

    Parameters
    ----------
    X : ndarray, shape (N, d)
    pi : ndarray, shape (K,)
        Not negative, not all zero.
    mu : ndarray, shape (K, d)
    Sigma : ndarray, shape (K, d, d)
        Symmetric positive definite.
    tap : callable, optional
        Is given every named intermediate value, and returns what is used.

    Returns
    -------
    ndarray, shape (K,), float64 or wider
        Its entries sum to 0: the multiplier of sum pi_k = 1 is the mean.

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    free = tap("grad_pi", grad_pi(X, pi, mu, Sigma, tap=tap))
    return free - tap("multiplier", np.mean(free, keepdims=True))
