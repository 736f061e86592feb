"""Scaled dot-product attention as a forward model, and the softmax within it, which leaves out what a mask forbids.

No gradient stands here, so that this module can be handed to students.
"""

import numpy as np
from numpy.typing import NDArray

from ..precision import widened
from ..tap import Array


def masked_softmax(S: Array, mask: NDArray[np.bool_]) -> Array:
    """Return exp(s_i) / sum_j exp(s_j) in each row, over the entries that the mask allows; 0 elsewhere.

    Parameters
    ----------
    S : ndarray, shape (T, S)
        Scores.
    mask : ndarray, shape (T, S), bool
        True where an entry takes part; at least one in each row.

    Returns
    -------
    ndarray, shape (T, S), float64 or wider
        Each row sums to 1. Shifted by the largest score that takes part, so that nothing overflows.

    Raises
    ------
    TypeError
        If S is complex or not numeric.
    """
    (S,) = widened(S)
    exponential = np.where(mask, np.exp(np.where(mask, S - largest_allowed(S, mask), 0.0)), 0.0)
    weights: Array = exponential / np.sum(exponential, axis=-1, keepdims=True)
    return weights


def largest_allowed(S: Array, mask: NDArray[np.bool_]) -> Array:
    """Return the largest score of each row among those that the mask allows.

    Parameters
    ----------
    S : ndarray, shape (T, S)
        Scores.
    mask : ndarray, shape (T, S), bool
        True where an entry takes part; at least one in each row.

    Returns
    -------
    ndarray, shape (T, 1), dtype of S
    """
    # What is forbidden is put at the least score of the row, which is never more than an allowed one.
    largest: Array = np.max(np.where(mask, S, np.min(S, axis=-1, keepdims=True)), axis=-1, keepdims=True)
    return largest


def attention(Q: Array, K: Array, V: Array, mask: NDArray[np.bool_]) -> Array:
    """Return softmax(Q K^T / sqrt(d)) V, the softmax over the keys that the mask allows each query.

    Parameters
    ----------
    Q : ndarray, shape (T, d)
        Queries.
    K : ndarray, shape (S, d)
        Keys.
    V : ndarray, shape (S, m)
        Values.
    mask : ndarray, shape (T, S), bool
        True where a query may look at a key; at least one in each row.

    Returns
    -------
    ndarray, shape (T, m), float64 or wider

    Raises
    ------
    TypeError
        If Q, K or V is complex or not numeric.
    """
    Q, K, V = widened(Q, K, V)
    output: Array = masked_softmax(Q @ K.T / np.sqrt(Q.shape[-1]), mask) @ V
    return output
