"""The forward derivatives of attention, against which its VJP is held; trusted, never handed out.

The Jacobian of softmax is written out entry by entry here, unlike in ``answers``, so that both do not share a mistake.
"""

import numpy as np
from numpy.typing import NDArray

from ..precision import widened
from ..tap import Array
from .forward import masked_softmax


def masked_softmax_jvp(S: Array, mask: NDArray[np.bool_], V: Array) -> Array:
    """Return the derivative of the masked softmax at S along V.

    Parameters
    ----------
    S : ndarray, shape (T, S)
        Scores.
    mask : ndarray, shape (T, S), bool
        True where an entry takes part; at least one in each row.
    V : ndarray, shape (T, S)
        The tangent.

    Returns
    -------
    ndarray, shape (T, S), float64 or wider
        sum_j da_i/ds_j v_j with da_i/ds_j = a_i (delta_ij - a_j), in each row.

    Raises
    ------
    TypeError
        If S or V is complex or not numeric.
    """
    S, V = widened(S, V)
    A = masked_softmax(S, mask)
    jacobian = np.einsum("ti,ij->tij", A, np.eye(A.shape[-1])) - np.einsum("ti,tj->tij", A, A)
    derivative: Array = np.einsum("tij,tj->ti", jacobian, V)
    return derivative


def attention_jvp_in_queries(Q: Array, K: Array, V: Array, mask: NDArray[np.bool_], Q_dot: Array) -> Array:
    """Return the derivative of attention at Q along Q_dot.

    Parameters
    ----------
    Q, K, V : ndarray, shapes (T, d), (S, d), (S, m)
        Queries, keys and values.
    mask : ndarray, shape (T, S), bool
        True where a query may look at a key; at least one in each row.
    Q_dot : ndarray, shape (T, d)
        The tangent.

    Returns
    -------
    ndarray, shape (T, m), float64 or wider

    Raises
    ------
    TypeError
        If Q, K, V or Q_dot is complex or not numeric.
    """
    Q, K, V, Q_dot = widened(Q, K, V, Q_dot)
    root = np.sqrt(Q.shape[-1])
    derivative: Array = masked_softmax_jvp(Q @ K.T / root, mask, np.einsum("ti,si->ts", Q_dot, K) / root) @ V
    return derivative


def attention_jvp_in_keys(Q: Array, K: Array, V: Array, mask: NDArray[np.bool_], K_dot: Array) -> Array:
    """Return the derivative of attention at K along K_dot.

    Parameters
    ----------
    Q, K, V : ndarray, shapes (T, d), (S, d), (S, m)
        Queries, keys and values.
    mask : ndarray, shape (T, S), bool
        True where a query may look at a key; at least one in each row.
    K_dot : ndarray, shape (S, d)
        The tangent.

    Returns
    -------
    ndarray, shape (T, m), float64 or wider

    Raises
    ------
    TypeError
        If Q, K, V or K_dot is complex or not numeric.
    """
    Q, K, V, K_dot = widened(Q, K, V, K_dot)
    root = np.sqrt(Q.shape[-1])
    derivative: Array = masked_softmax_jvp(Q @ K.T / root, mask, np.einsum("ti,si->ts", Q, K_dot) / root) @ V
    return derivative
