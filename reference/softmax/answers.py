"""Trusted backward passes of softmax: the second problem of CS280 HW1.

Derived in docs/cs280_hw1.md. Shifted by the maximum, so finite wherever the answer is; computed in float64 or wider.
"""

from typing import Any, NamedTuple

import numpy as np

from ..precision import widened
from ..tap import Array, Tap, untapped


class SoftmaxCotangents(NamedTuple):
    """What flows back through the graph r = sum_j exp(z_j), y_i = exp(z_i) / r.

    Parameters
    ----------
    r_bar : floating, a numpy scalar
        Cotangent of the normaliser.
    z_bar : ndarray, shape (n,)
        Cotangents of the logits.
    """

    r_bar: Array | np.floating[Any]
    z_bar: Array


def softmax_backward(z: Array, y_bar: Array, *, tap: Tap = untapped) -> SoftmaxCotangents:
    """Return r_bar = -sum_i y_bar_i exp(z_i) / r^2 and z_bar_j = y_bar_j exp(z_j) / r + r_bar exp(z_j).

    Parameters
    ----------
    z : ndarray, shape (n,)
        Logits.
    y_bar : ndarray, shape (n,)
        Cotangents of the outputs.
    tap : callable, optional
        Is given every named intermediate value, and returns what is used.

    Returns
    -------
    SoftmaxCotangents

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.

    Notes
    -----
    With y = exp(z) / r: r_bar = -(sum_i y_bar_i y_i) / r. r overflows above 709, r_bar only below -709.
    """
    z, y_bar = widened(z, y_bar)
    output = _outputs(z, tap)
    mean_cotangent = _mean_cotangent(output, y_bar, tap)
    peak = np.max(z)
    log_normaliser = tap("log_normaliser", peak + np.log(np.sum(np.exp(z - peak), keepdims=True)))
    r_bar = tap("r_bar", -mean_cotangent * np.exp(-log_normaliser))
    z_bar = tap("direct_term", y_bar * output) - tap("normaliser_term", mean_cotangent * output)
    return SoftmaxCotangents(r_bar=r_bar[0], z_bar=z_bar)


def softmax_VJP(Z: Array, Y_bar: Array, *, tap: Tap = untapped) -> Array:
    """Return z_bar_j = y_j (y_bar_j - sum_i y_bar_i y_i) for each row, y = softmax(z).

    Parameters
    ----------
    Z : ndarray, shape (N, C)
        Logits, a sample a row.
    Y_bar : ndarray, shape (N, C)
        Cotangents of the outputs.
    tap : callable, optional
        Is given every named intermediate value, and returns what is used.

    Returns
    -------
    ndarray, shape (N, C), float64 or wider
        Each row sums to 0.

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    Z, Y_bar = widened(Z, Y_bar)
    output = _outputs(Z, tap)
    mean_cotangent = _mean_cotangent(output, Y_bar, tap)
    return tap("direct_term", Y_bar * output) - tap("normaliser_term", mean_cotangent * output)


def _outputs(Z: Array, tap: Tap) -> Array:
    shifted = tap("shifted_logit", Z - np.max(Z, axis=-1, keepdims=True))
    exponential = tap("shifted_exponential", np.exp(shifted))
    normaliser = tap("normaliser", np.sum(exponential, axis=-1, keepdims=True))
    return tap("output", exponential / normaliser)


def _mean_cotangent(output: Array, Y_bar: Array, tap: Tap) -> Array:
    weighted = tap("weighted_cotangent", output * Y_bar)
    return tap("mean_cotangent", np.sum(weighted, axis=-1, keepdims=True))
