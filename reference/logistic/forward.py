"""Logistic regression as a forward model: from samples and weights to the regularised mean cross-entropy.

No gradient stands here, so that this module can be handed to students.
"""

from typing import Any

import numpy as np

from ..precision import widened
from ..tap import Array


def sigmoid(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)).

    Parameters
    ----------
    z : ndarray
        Any shape.

    Returns
    -------
    ndarray, same shape, float64 or wider
        By the exponential of minus the absolute value, which does not overflow.

    Raises
    ------
    TypeError
        If z is complex or not numeric.
    """
    (z,) = widened(z)
    exponential = np.exp(-np.abs(z))
    probability: Array = np.where(z >= 0, 1.0, exponential) / (1.0 + exponential)
    return probability


def cross_entropy(X: Array, y: Array, w: Array, b: Array, lam: Array) -> np.floating[Any]:
    """Return L = mean_n (log(1 + exp(z_n)) - y_n z_n) + lam/2 sum_i w_i^2, with z_n = x_n . w + b.

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

    Returns
    -------
    floating, a numpy scalar of float64 or wider
        The mean of -log P(y_n | x_n), and the penalty: log(1 + exp(z)) - y z is -log sigmoid(z) for y = 1 and
        -log(1 - sigmoid(z)) for y = 0.

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, y, w, b, lam = widened(X, y, w, b, lam)
    z = X @ w + b
    # log(1 + exp(z)) = max(z, 0) + log(1 + exp(-|z|)), where nothing overflows.
    loss = np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z))) - y * z
    total: np.floating[Any] = np.mean(loss) + np.sum(lam / 2 * w**2)
    return total
