"""Mistakes in the backward passes of attention: each function has the problem's signature and makes just one.

What a student who makes it is told stands in the rubric.
"""

import numpy as np
from numpy.typing import NDArray

from ..precision import widened
from ..tap import Array
from .answers import AttentionCotangents, attention_VJP, masked_softmax_VJP
from .forward import masked_softmax

Mask = NDArray[np.bool_]


def _mean_cotangent(A: Array, A_bar: Array) -> Array:
    # sum_i a_i a_bar_i of each row, kept as a column.
    total: Array = np.sum(A * A_bar, axis=-1, keepdims=True)
    return total


def _everything(mask: Mask) -> Mask:
    return np.ones(mask.shape, dtype=np.bool_)


# masked_softmax_VJP --------------------------------------------------------------------------------------------------


def softmax_without_normaliser_term(S: Array, mask: Mask, A_bar: Array) -> Array:
    """Return A A_bar."""
    return masked_softmax(S, mask) * A_bar


def softmax_without_direct_term(S: Array, mask: Mask, A_bar: Array) -> Array:
    """Return -A sum(A A_bar)."""
    A = masked_softmax(S, mask)
    return -A * _mean_cotangent(A, A_bar)


def softmax_with_diagonal_jacobian(S: Array, mask: Mask, A_bar: Array) -> Array:
    """Return A (1 - A) A_bar."""
    A = masked_softmax(S, mask)
    return A * (1 - A) * A_bar


def softmax_adds_normaliser_term(S: Array, mask: Mask, A_bar: Array) -> Array:
    """Return A (A_bar + sum(A A_bar))."""
    A = masked_softmax(S, mask)
    return A * (A_bar + _mean_cotangent(A, A_bar))


def softmax_summed_down_the_columns(S: Array, mask: Mask, A_bar: Array) -> Array:
    """Return A (A_bar - sum over the queries of A A_bar)."""
    A = masked_softmax(S, mask)
    product: Array = A * (A_bar - np.sum(A * A_bar, axis=0, keepdims=True))
    return product


def softmax_summed_over_all_entries(S: Array, mask: Mask, A_bar: Array) -> Array:
    """Return A (A_bar - sum of all entries of A A_bar): the sum has no axis."""
    A = masked_softmax(S, mask)
    product: Array = A * (A_bar - np.sum(A * A_bar))
    return product


def softmax_minus_plain_mean(S: Array, mask: Mask, A_bar: Array) -> Array:
    """Return A (A_bar - mean(A_bar)): the mean without the weights A."""
    S, A_bar = widened(S, A_bar)
    product: Array = masked_softmax(S, mask) * (A_bar - np.mean(A_bar, axis=-1, keepdims=True))
    return product


def softmax_without_weight_in_front(S: Array, mask: Mask, A_bar: Array) -> Array:
    """Return A_bar - sum(A A_bar)."""
    return A_bar - _mean_cotangent(masked_softmax(S, mask), A_bar)


def softmax_wrong_sign(S: Array, mask: Mask, A_bar: Array) -> Array:
    """Return minus the product."""
    return -masked_softmax_VJP(S, mask, A_bar)


def softmax_mask_ignored(S: Array, mask: Mask, A_bar: Array) -> Array:
    """Return the product of a softmax over all entries."""
    return masked_softmax_VJP(S, _everything(mask), A_bar)


def softmax_masked_to_zero(S: Array, mask: Mask, A_bar: Array) -> Array:
    """Return the product for forbidden scores of 0, which is not minus infinity; nothing flows back to them."""
    return np.where(mask, masked_softmax_VJP(np.where(mask, S, 0.0), _everything(mask), A_bar), 0.0)


def softmax_masked_afterwards(S: Array, mask: Mask, A_bar: Array) -> Array:
    """Return the product for the weights of all entries, times the mask: they no longer sum to 1."""
    return masked_softmax_VJP(S, _everything(mask), np.where(mask, A_bar, 0.0))


# attention_VJP -------------------------------------------------------------------------------------------------------


def _back_to_inputs(Q: Array, K: Array, A: Array, S_bar: Array, Y_bar: Array) -> AttentionCotangents:
    # The right way back from S_bar on: so a mistake in the softmax alone can be written in one line.
    root = np.sqrt(Q.shape[-1])
    return AttentionCotangents(Q_bar=S_bar @ K / root, K_bar=S_bar.T @ Q / root, V_bar=A.T @ Y_bar)


def attention_not_scaled(Q: Array, K: Array, V: Array, mask: Mask, Y_bar: Array) -> AttentionCotangents:
    """Return the cotangents for the scores Q K^T, without 1/sqrt(d) anywhere."""
    root = np.sqrt(Q.shape[-1])
    right = attention_VJP(Q * root, K, V, mask, Y_bar)
    return right._replace(Q_bar=right.Q_bar * root)


def attention_not_scaled_on_the_way_back(Q: Array, K: Array, V: Array, mask: Mask, Y_bar: Array) -> AttentionCotangents:
    """Return Q_bar = S_bar K and K_bar = S_bar^T Q, with the right S_bar."""
    right, root = attention_VJP(Q, K, V, mask, Y_bar), np.sqrt(Q.shape[-1])
    return right._replace(Q_bar=right.Q_bar * root, K_bar=right.K_bar * root)


def attention_scaled_by_d(Q: Array, K: Array, V: Array, mask: Mask, Y_bar: Array) -> AttentionCotangents:
    """Return the cotangents for the scores Q K^T / d."""
    root = np.sqrt(Q.shape[-1])
    right = attention_VJP(Q / root, K, V, mask, Y_bar)
    return right._replace(Q_bar=right.Q_bar / root)


def attention_scaled_twice_on_the_way_back(
    Q: Array, K: Array, V: Array, mask: Mask, Y_bar: Array
) -> AttentionCotangents:
    """Return Q_bar = S_bar K / d and K_bar = S_bar^T Q / d, with the right S_bar."""
    right, root = attention_VJP(Q, K, V, mask, Y_bar), np.sqrt(Q.shape[-1])
    return right._replace(Q_bar=right.Q_bar / root, K_bar=right.K_bar / root)


def _with_softmax_mistake(mistake: str, Q: Array, K: Array, V: Array, mask: Mask, Y_bar: Array) -> AttentionCotangents:
    Q, K, V, Y_bar = widened(Q, K, V, Y_bar)
    S = Q @ K.T / np.sqrt(Q.shape[-1])
    A, A_bar = masked_softmax(S, mask), Y_bar @ V.T
    S_bar = {
        "no softmax": A_bar,
        "no normaliser": A * A_bar,
        "diagonal": A * (1 - A) * A_bar,
        "added": A * (A_bar + _mean_cotangent(A, A_bar)),
        "columns": A * (A_bar - np.sum(A * A_bar, axis=0, keepdims=True)),
        "all": A * (A_bar - np.sum(A * A_bar)),
    }[mistake]
    return _back_to_inputs(Q, K, A, S_bar, Y_bar)


def attention_softmax_skipped(Q: Array, K: Array, V: Array, mask: Mask, Y_bar: Array) -> AttentionCotangents:
    """Return the cotangents with S_bar = A_bar: nothing happens between scores and weights, it says."""
    return _with_softmax_mistake("no softmax", Q, K, V, mask, Y_bar)


def attention_without_normaliser_term(Q: Array, K: Array, V: Array, mask: Mask, Y_bar: Array) -> AttentionCotangents:
    """Return the cotangents with S_bar = A A_bar."""
    return _with_softmax_mistake("no normaliser", Q, K, V, mask, Y_bar)


def attention_with_diagonal_jacobian(Q: Array, K: Array, V: Array, mask: Mask, Y_bar: Array) -> AttentionCotangents:
    """Return the cotangents with S_bar = A (1 - A) A_bar."""
    return _with_softmax_mistake("diagonal", Q, K, V, mask, Y_bar)


def attention_adds_normaliser_term(Q: Array, K: Array, V: Array, mask: Mask, Y_bar: Array) -> AttentionCotangents:
    """Return the cotangents with S_bar = A (A_bar + sum(A A_bar))."""
    return _with_softmax_mistake("added", Q, K, V, mask, Y_bar)


def attention_summed_over_queries(Q: Array, K: Array, V: Array, mask: Mask, Y_bar: Array) -> AttentionCotangents:
    """Return the cotangents with the sum of A A_bar down the columns."""
    return _with_softmax_mistake("columns", Q, K, V, mask, Y_bar)


def attention_summed_over_all(Q: Array, K: Array, V: Array, mask: Mask, Y_bar: Array) -> AttentionCotangents:
    """Return the cotangents with the sum of all entries of A A_bar."""
    return _with_softmax_mistake("all", Q, K, V, mask, Y_bar)


def attention_softmax_over_queries(Q: Array, K: Array, V: Array, mask: Mask, Y_bar: Array) -> AttentionCotangents:
    """Return the cotangents for weights that sum to 1 over the queries, forwards and backwards."""
    Q, K, V, Y_bar = widened(Q, K, V, Y_bar)
    exponential = np.where(mask, np.exp(Q @ K.T / np.sqrt(Q.shape[-1])), 0.0)
    total = np.sum(exponential, axis=0, keepdims=True)
    # A key that no query may look at has no weights at all.
    A = exponential / np.where(total > 0, total, 1.0)
    A_bar = Y_bar @ V.T
    S_bar = A * (A_bar - np.sum(A * A_bar, axis=0, keepdims=True))
    return _back_to_inputs(Q, K, A, S_bar, Y_bar)


def attention_mask_ignored(Q: Array, K: Array, V: Array, mask: Mask, Y_bar: Array) -> AttentionCotangents:
    """Return the cotangents for queries that look at every key."""
    return attention_VJP(Q, K, V, _everything(mask), Y_bar)


def attention_masked_to_zero(Q: Array, K: Array, V: Array, mask: Mask, Y_bar: Array) -> AttentionCotangents:
    """Return the cotangents for forbidden scores of 0, which is not minus infinity; nothing flows back to them."""
    Q, K, V, Y_bar = widened(Q, K, V, Y_bar)
    S = np.where(mask, Q @ K.T / np.sqrt(Q.shape[-1]), 0.0)
    S_bar = softmax_masked_to_zero(S, mask, Y_bar @ V.T)
    return _back_to_inputs(Q, K, masked_softmax(S, _everything(mask)), S_bar, Y_bar)


def attention_masked_afterwards(Q: Array, K: Array, V: Array, mask: Mask, Y_bar: Array) -> AttentionCotangents:
    """Return the cotangents for the weights of all keys, times the mask: they no longer sum to 1."""
    Q, K, V, Y_bar = widened(Q, K, V, Y_bar)
    S = Q @ K.T / np.sqrt(Q.shape[-1])
    A = np.where(mask, masked_softmax(S, _everything(mask)), 0.0)
    return _back_to_inputs(Q, K, A, softmax_masked_afterwards(S, mask, Y_bar @ V.T), Y_bar)


def attention_V_bar_of_scores(Q: Array, K: Array, V: Array, mask: Mask, Y_bar: Array) -> AttentionCotangents:
    """Return V_bar = S^T Y_bar: the scores where the weights are due."""
    Q, K, V, Y_bar = widened(Q, K, V, Y_bar)
    S = np.where(mask, Q @ K.T / np.sqrt(Q.shape[-1]), 0.0)
    return attention_VJP(Q, K, V, mask, Y_bar)._replace(V_bar=S.T @ Y_bar)
