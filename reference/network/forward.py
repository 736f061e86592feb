"""The steps of a network of two layers as forward models, and the loss of the whole.

No gradient stands here, so that this module can be handed to students.
"""

from typing import Any

import numpy as np

from ..precision import widened
from ..tap import Array


def linear(X: Array, W: Array, b: Array) -> Array:
    """Return X W + b.

    Parameters
    ----------
    X : ndarray, shape (N, d)
        Samples, one a row.
    W : ndarray, shape (d, h)
        Weights.
    b : ndarray, shape (h,)
        Biases.

    Returns
    -------
    ndarray, shape (N, h), float64 or wider

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, W, b = widened(X, W, b)
    output: Array = X @ W + b
    return output


def relu(Z: Array) -> Array:
    """Return the larger of z and 0, entry by entry; it has a kink at 0.

    Parameters
    ----------
    Z : ndarray
        Any shape.

    Returns
    -------
    ndarray, same shape, float64 or wider

    Raises
    ------
    TypeError
        If Z is complex or not numeric.
    """
    (Z,) = widened(Z)
    output: Array = np.maximum(Z, 0.0)
    return output


def tanh(Z: Array) -> Array:
    """Return the hyperbolic tangent, entry by entry.

    Parameters
    ----------
    Z : ndarray
        Any shape.

    Returns
    -------
    ndarray, same shape, float64 or wider

    Raises
    ------
    TypeError
        If Z is complex or not numeric.
    """
    (Z,) = widened(Z)
    return np.tanh(Z)


def cross_entropy(Z: Array, T: Array) -> np.floating[Any]:
    """Return mean_n (log sum_c exp(z_nc) - sum_c t_nc z_nc).

    Parameters
    ----------
    Z : ndarray, shape (N, C)
        Logits, a sample a row.
    T : ndarray, shape (N, C)
        For each sample a 1 at its class, 0 elsewhere.

    Returns
    -------
    floating, a numpy scalar of float64 or wider
        The mean of -log of the softmax at the class. Shifted by the row's maximum, so that nothing overflows.

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    Z, T = widened(Z, T)
    shifted = Z - np.max(Z, axis=-1, keepdims=True)
    loss: np.floating[Any] = np.mean(np.log(np.sum(np.exp(shifted), axis=-1)) - np.sum(T * shifted, axis=-1))
    return loss


def network_loss(X: Array, T: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> np.floating[Any]:
    """Return the cross-entropy of the logits tanh(X W1 + b1) W2 + b2.

    Parameters
    ----------
    X : ndarray, shape (N, d)
        Samples, one a row.
    T : ndarray, shape (N, C)
        For each sample a 1 at its class, 0 elsewhere.
    W1, b1 : ndarray, shapes (d, h), (h,)
        The first layer.
    W2, b2 : ndarray, shapes (h, C), (C,)
        The second layer.

    Returns
    -------
    floating, a numpy scalar of float64 or wider

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    return cross_entropy(linear(tanh(linear(X, W1, b1)), W2, b2), T)
