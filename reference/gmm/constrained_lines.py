"""What the derivation of the gradient within the simplex passes through: the Lagrangian's slope, and its multiplier.

Derived in docs/cs280_hw1.md, answer 3.
"""

import numpy as np

from ..tap import Array, Tap, untapped
from .answers import grad_pi
from .forward import responsibilities

Lines = tuple[Array, Array, Array]


def within_simplex(X: Array, pi: Array, mu: Array, Sigma: Array, lam: Array, *, tap: Tap = untapped) -> Lines:
    """Return dL/dpi_k = g_k - lambda, the multiplier of the constraint, and g_k minus it, where g = dl/dpi.

    Parameters
    ----------
    X : ndarray, shape (N, d)
    pi : ndarray, shape (K,)
        Positive.
    mu : ndarray, shape (K, d)
    Sigma : ndarray, shape (K, d, d)
        Symmetric positive definite.
    lam : ndarray, shape ()
        Some lambda in L = l + lambda (1 - sum_k pi_k).
    tap : callable, optional
        Is given every named intermediate value, and returns what is used.

    Returns
    -------
    tuple of ndarray
        Shapes (K,), () and (K,).

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    free = tap("grad_pi", grad_pi(X, pi, mu, Sigma, tap=tap))
    multiplier = tap("multiplier", np.mean(free, keepdims=True))
    return free - lam, multiplier[0], free - multiplier


def within_simplex_without_weight(X: Array, pi: Array, mu: Array, Sigma: Array, lam: Array) -> Lines:
    """Return the same with sum_n r_nk for g_k, as if 1/pi_k were not there; the multiplier is then N/K."""
    free = np.sum(responsibilities(X, pi, mu, Sigma), axis=0)
    return free - lam, np.mean(free), free - np.mean(free)
