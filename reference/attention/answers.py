"""Trusted backward passes of scaled dot-product attention (Vaswani et al., NeurIPS 2017, section 3.2.1).

With A = softmax(S) by rows, da_i/ds_j = a_i (delta_ij - a_j), also where the mask sets a_i = 0. S = Q K^T / sqrt(d) and
Y = A V are products of matrices: for C = A B, A_bar = C_bar B^T and B_bar = A^T C_bar.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..precision import widened
from ..tap import Array, Tap, untapped
from .forward import largest_allowed


class AttentionCotangents(NamedTuple):
    """What flows back through attention.

    Parameters
    ----------
    Q_bar : ndarray, shape (T, d)
        Cotangents of the queries.
    K_bar : ndarray, shape (S, d)
        Cotangents of the keys.
    V_bar : ndarray, shape (S, m)
        Cotangents of the values.
    """

    Q_bar: Array
    K_bar: Array
    V_bar: Array


def masked_softmax_VJP(S: Array, mask: NDArray[np.bool_], A_bar: Array, *, tap: Tap = untapped) -> Array:
    """Return s_bar_j = a_j (a_bar_j - sum_i a_i a_bar_i) in each row, a the softmax of s over what the mask allows.

    Parameters
    ----------
    S : ndarray, shape (T, S)
        Scores.
    mask : ndarray, shape (T, S), bool
        True where an entry takes part; at least one in each row.
    A_bar : ndarray, shape (T, S)
        Cotangents of the weights.
    tap : callable, optional
        Is given every named intermediate value, and returns what is used.

    Returns
    -------
    ndarray, shape (T, S), float64 or wider
        Each row sums to 0; where the mask forbids it is 0.

    Raises
    ------
    TypeError
        If S or A_bar is complex or not numeric.
    """
    S, A_bar = widened(S, A_bar)
    return _backward(_weights(S, mask, tap), A_bar, tap)


def attention_VJP(
    Q: Array, K: Array, V: Array, mask: NDArray[np.bool_], Y_bar: Array, *, tap: Tap = untapped
) -> AttentionCotangents:
    """Return Q_bar = S_bar K / sqrt(d), K_bar = S_bar^T Q / sqrt(d), V_bar = A^T Y_bar; S_bar from A_bar = Y_bar V^T.

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
    Y_bar : ndarray, shape (T, m)
        Cotangents of the outputs.
    tap : callable, optional
        Is given every named intermediate value, and returns what is used.

    Returns
    -------
    AttentionCotangents

    Raises
    ------
    TypeError
        If Q, K, V or Y_bar is complex or not numeric.
    """
    Q, K, V, Y_bar = widened(Q, K, V, Y_bar)
    root = np.sqrt(Q.shape[-1])
    weights = _weights(tap("score", Q @ K.T / root), mask, tap)
    S_bar = tap("score_cotangent", _backward(weights, tap("weight_cotangent", Y_bar @ V.T), tap))
    return AttentionCotangents(Q_bar=S_bar @ K / root, K_bar=S_bar.T @ Q / root, V_bar=weights.T @ Y_bar)


def _weights(S: Array, mask: NDArray[np.bool_], tap: Tap) -> Array:
    # What is forbidden is taken out after the tap, so that every tapped value is finite.
    shifted = tap("shifted_score", np.where(mask, S - largest_allowed(S, mask), 0.0))
    exponential = np.where(mask, tap("exponential", np.exp(shifted)), 0.0)
    normaliser = tap("normaliser", np.sum(exponential, axis=-1, keepdims=True))
    return tap("weight", exponential / normaliser)


def _backward(weights: Array, A_bar: Array, tap: Tap) -> Array:
    mean = tap("mean_cotangent", np.sum(weights * A_bar, axis=-1, keepdims=True))
    return tap("direct_term", weights * A_bar) - tap("normaliser_term", weights * mean)
