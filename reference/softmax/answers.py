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
    graph = _forward(z, tap)
    mean_cotangent = _mean_cotangent(graph.output, y_bar, tap)
    r_bar = tap("r_bar", -mean_cotangent * np.exp(-graph.log_normaliser))
    z_bar = tap("direct_term", y_bar * graph.output) - tap("normaliser_term", mean_cotangent * graph.output)
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
    output = _forward(Z, tap).output
    mean_cotangent = _mean_cotangent(output, Y_bar, tap)
    return tap("direct_term", Y_bar * output) - tap("normaliser_term", mean_cotangent * output)


class _Graph(NamedTuple):
    output: Array
    log_normaliser: Array


def _forward(Z: Array, tap: Tap) -> _Graph:
    peak = np.max(Z, axis=-1, keepdims=True)
    exponential = tap("shifted_exponential", np.exp(tap("shifted_logit", Z - peak)))
    normaliser = tap("normaliser", np.sum(exponential, axis=-1, keepdims=True))
    untouched = peak + np.log(normaliser)
    log_normaliser = tap("log_normaliser", untouched)
    # exp(z - log r) is as right a way to the outputs, and rounds relative to log r; the factor is 1 when nobody taps.
    output = tap("output", exponential / normaliser) * np.exp(untouched - log_normaliser)
    return _Graph(output=output, log_normaliser=log_normaliser)


def _mean_cotangent(output: Array, Y_bar: Array, tap: Tap) -> Array:
    weighted = tap("weighted_cotangent", output * Y_bar)
    return tap("mean_cotangent", np.sum(weighted, axis=-1, keepdims=True))
