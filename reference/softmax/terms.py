"""What adds up to a backward pass of softmax, path by path: a path that a student forgets can then be named.

Each function has the problem's signature and returns what the problem returns.
"""

import numpy as np

from ..precision import widened
from ..tap import Array
from .answers import SoftmaxCotangents, softmax_backward
from .forward import softmax


def backward_direct_term(z: Array, y_bar: Array) -> SoftmaxCotangents:
    """Return y_bar_j y_j, what flows to z_j from y_j directly; nothing of it flows to r.

    Parameters
    ----------
    z, y_bar : ndarray, shape (n,)
        Logits, and cotangents of the outputs.

    Returns
    -------
    SoftmaxCotangents

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    return SoftmaxCotangents(r_bar=np.float64(0.0), z_bar=vjp_direct_term(z, y_bar))


def backward_normaliser_term(z: Array, y_bar: Array) -> SoftmaxCotangents:
    """Return r_bar, and r_bar exp(z_j), what flows to z_j through r.

    Parameters
    ----------
    z, y_bar : ndarray, shape (n,)
        Logits, and cotangents of the outputs.

    Returns
    -------
    SoftmaxCotangents

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    return SoftmaxCotangents(r_bar=softmax_backward(z, y_bar).r_bar, z_bar=vjp_normaliser_term(z, y_bar))


def vjp_direct_term(Z: Array, Y_bar: Array) -> Array:
    """Return Y Y_bar, what flows to each logit from its own output.

    Parameters
    ----------
    Z, Y_bar : ndarray, shape (..., C)
        Logits, and cotangents of the outputs.

    Returns
    -------
    ndarray, shape (..., C), float64 or wider

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    Z, Y_bar = widened(Z, Y_bar)
    return Y_bar * softmax(Z)


def vjp_normaliser_term(Z: Array, Y_bar: Array) -> Array:
    """Return -Y sum(Y Y_bar), what flows to each logit through the normaliser of its row.

    Parameters
    ----------
    Z, Y_bar : ndarray, shape (..., C)
        Logits, and cotangents of the outputs.

    Returns
    -------
    ndarray, shape (..., C), float64 or wider

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    Z, Y_bar = widened(Z, Y_bar)
    Y = softmax(Z)
    flow: Array = -Y * np.sum(Y * Y_bar, axis=-1, keepdims=True)
    return flow
