"""What adds up to an answer about the mixture, term by term: a term that a student forgets can then be named.

Each function has the problem's signature and returns what the problem returns.
"""

import numpy as np

from ..tap import Array
from . import answers


def constrained_free_gradient(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return the gradient without the constraint: the first term of grad_pi_constrained.

    Parameters
    ----------
    X : ndarray, shape (N, d)
    pi : ndarray, shape (K,)
        Not negative, not all zero.
    mu : ndarray, shape (K, d)
    Sigma : ndarray, shape (K, d, d)
        Symmetric positive definite.

    Returns
    -------
    ndarray, shape (K,), float64 or wider

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    return answers.grad_pi(X, pi, mu, Sigma)


def constrained_multiplier(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return minus the multiplier of sum_k pi_k = 1, for each component: the second term of grad_pi_constrained.

    Parameters
    ----------
    X : ndarray, shape (N, d)
    pi : ndarray, shape (K,)
        Not negative, not all zero.
    mu : ndarray, shape (K, d)
    Sigma : ndarray, shape (K, d, d)
        Symmetric positive definite.

    Returns
    -------
    ndarray, shape (K,), float64 or wider
        All entries are equal: minus the mean of grad_pi.

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    free = answers.grad_pi(X, pi, mu, Sigma)
    return np.full_like(free, -np.mean(free))
