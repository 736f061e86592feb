"""Softmax as a forward model, whole and as the graph r = sum_j exp(z_j), y_i = exp(z_i) / r.

No gradient stands here, so that this module can be handed to students.
"""

from typing import Any

import numpy as np

from ..precision import widened
from ..tap import Array


def softmax(Z: Array) -> Array:
    """Return exp(z_i) / sum_j exp(z_j) along the last axis.

    Parameters
    ----------
    Z : ndarray, shape (..., C)

    Returns
    -------
    ndarray, shape (..., C), float64 or wider
        Each row sums to 1. Shifted by the row's maximum, so that nothing overflows.

    Raises
    ------
    TypeError
        If Z is complex or not numeric.
    """
    (Z,) = widened(Z)
    exponential = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    output: Array = exponential / np.sum(exponential, axis=-1, keepdims=True)
    return output


def normaliser(z: Array, y_bar: Array) -> np.floating[Any]:  # noqa: ARG001 - takes the arguments of the problem
    """Return r = sum_j exp(z_j), the node between the logits and the outputs.

    Parameters
    ----------
    z : ndarray, shape (n,)
    y_bar : ndarray, shape (n,)
        Not used.

    Returns
    -------
    floating, a numpy scalar of float64 or wider
        As the graph defines it: overflows for logits above 709.

    Raises
    ------
    TypeError
        If z is complex or not numeric.
    """
    (z,) = widened(z)
    total: np.floating[Any] = np.sum(np.exp(z))
    return total


def outputs_given_normaliser(z: Array, r: Array) -> Array:
    """Return y_i = exp(z_i) / r with r as an input of its own: what the cotangent of r is a derivative of.

    Parameters
    ----------
    z : ndarray, shape (n,)
    r : ndarray, shape ()
        Positive.

    Returns
    -------
    ndarray, shape (n,), float64 or wider

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    z, r = widened(z, r)
    return np.exp(z) / r
