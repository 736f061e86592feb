"""Trusted derivatives of the regularised mean cross-entropy: its gradient, and its Hessian times a vector.

With p = sigmoid(z): dp/dz = p (1 - p), so that d(-log P(y))/dz = p - y; z = x . w + b is linear in w and b, and the
chain rule does the rest (Bishop, Pattern Recognition and Machine Learning, 2006, section 4.3).
"""

from typing import Any, NamedTuple

import numpy as np

from ..precision import widened
from ..tap import Array, Tap, untapped
from .forward import sigmoid


class LogisticGradient(NamedTuple):
    """The gradient of the loss.

    Parameters
    ----------
    w_bar : ndarray, shape (d,)
        In the weights.
    b_bar : floating, a numpy scalar
        In the bias.
    """

    w_bar: Array
    b_bar: Array | np.floating[Any]


def logistic_gradient(X: Array, y: Array, w: Array, b: Array, lam: Array, *, tap: Tap = untapped) -> LogisticGradient:
    """Return dL/dw = X^T (p - y) / N + lam w and dL/db = mean_n (p_n - y_n), p = sigmoid(X w + b).

    Parameters
    ----------
    X : ndarray, shape (N, d)
        Samples, one a row.
    y : ndarray, shape (N,)
        Labels, 0 or 1.
    w : ndarray, shape (d,)
        Weights.
    b : ndarray, shape ()
        The bias, which is not regularised.
    lam : ndarray, shape ()
        Not negative.
    tap : callable, optional
        Is given every named intermediate value, and returns what is used.

    Returns
    -------
    LogisticGradient

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, y, w, b, lam = widened(X, y, w, b, lam)
    logit = tap("logit", tap("product", X @ w) + b)
    probability = tap("probability", sigmoid(logit))
    residual = tap("residual", probability - y)
    slope = tap("data_term", X.T @ residual / len(X))
    return LogisticGradient(w_bar=slope + tap("penalty_term", lam * w), b_bar=np.mean(residual))


def hessian_vector_product(
    X: Array, y: Array, w: Array, b: Array, lam: Array, v: Array, *, tap: Tap = untapped
) -> Array:
    """Return H v = X^T (s * (X v)) / N + lam v with s = p (1 - p), H the Hessian of the loss in the weights.

    Parameters
    ----------
    X : ndarray, shape (N, d)
        Samples, one a row.
    y : ndarray, shape (N,)
        Labels; p - y has the derivative of p, so that the Hessian does not depend on them.
    w : ndarray, shape (d,)
        Weights.
    b : ndarray, shape ()
        The bias, which is kept fixed.
    lam : ndarray, shape ()
        Not negative.
    v : ndarray, shape (d,)
        The vector.
    tap : callable, optional
        Is given every named intermediate value, and returns what is used.

    Returns
    -------
    ndarray, shape (d,), float64 or wider

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, y, w, b, lam, v = widened(X, y, w, b, lam, v)
    logit = tap("logit", tap("product", X @ w) + b)
    untouched = sigmoid(logit)
    probability = tap("probability", untouched)
    # 1 - p is as right a way to sigmoid(-z), and rounds relative to p; the difference is 0 when nobody taps.
    complement = tap("complement", sigmoid(-logit) + (untouched - probability))
    curvature = tap("curvature", probability * complement)
    moved = tap("weighted_step", curvature * tap("step", X @ v))
    product: Array = tap("data_term", X.T @ moved / len(X)) + tap("penalty_term", lam * v)
    return product
