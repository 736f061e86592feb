"""What adds up to a derivative of the loss: a term that a student forgets can then be named.

Each function has the problem's signature and returns what the problem returns.
"""

import numpy as np

from ..precision import widened
from ..tap import Array
from .answers import LogisticGradient, hessian_vector_product, logistic_gradient


def gradient_data_term(X: Array, y: Array, w: Array, b: Array, lam: Array) -> LogisticGradient:
    """Return the gradient of the mean cross-entropy, without the penalty.

    Parameters
    ----------
    X, y, w, b, lam : ndarray
        As for the gradient.

    Returns
    -------
    LogisticGradient

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    return logistic_gradient(X, y, w, b, 0.0 * lam)


def gradient_penalty_term(X: Array, y: Array, w: Array, b: Array, lam: Array) -> LogisticGradient:
    """Return the gradient of the penalty, lam w, which has nothing for the bias.

    Parameters
    ----------
    X, y, w, b, lam : ndarray
        As for the gradient.

    Returns
    -------
    LogisticGradient

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, y, w, b, lam = widened(X, y, w, b, lam)
    return LogisticGradient(w_bar=lam * w, b_bar=np.zeros_like(b))


def hessian_data_term(X: Array, y: Array, w: Array, b: Array, lam: Array, v: Array) -> Array:
    """Return X^T (s * (X v)) / N, the Hessian of the mean cross-entropy times v.

    Parameters
    ----------
    X, y, w, b, lam, v : ndarray
        As for the product.

    Returns
    -------
    ndarray, shape (d,), float64 or wider

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    return hessian_vector_product(X, y, w, b, 0.0 * lam, v)


def hessian_penalty_term(X: Array, y: Array, w: Array, b: Array, lam: Array, v: Array) -> Array:
    """Return lam v, the Hessian of the penalty times v.

    Parameters
    ----------
    X, y, w, b, lam, v : ndarray
        As for the product.

    Returns
    -------
    ndarray, shape (d,), float64 or wider

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, y, w, b, lam, v = widened(X, y, w, b, lam, v)
    return lam * v
