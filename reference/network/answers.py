"""Trusted backward passes of the steps of a network of two layers, and the gradient of its loss.

For C = A B: A_bar = C_bar B^T and B_bar = A^T C_bar; what is added to every row gets the sum of the rows. dtanh/dz =
1 - tanh^2. With p = softmax(z), d(log sum_c exp(z_c) - z_k)/dz_c = p_c - delta_ck. The rest is the chain rule
(Goodfellow, Bengio & Courville, Deep Learning, 2016, section 6.5).
"""

from typing import NamedTuple

import numpy as np

from ..precision import widened
from ..tap import Array, Tap, untapped


class LinearCotangents(NamedTuple):
    """What flows back through X W + b.

    Parameters
    ----------
    X_bar : ndarray, shape (N, d)
        Cotangents of the samples.
    W_bar : ndarray, shape (d, h)
        Cotangents of the weights.
    b_bar : ndarray, shape (h,)
        Cotangents of the biases.
    """

    X_bar: Array
    W_bar: Array
    b_bar: Array


class NetworkGradient(NamedTuple):
    """The gradient of the loss in all parameters.

    Parameters
    ----------
    W1_bar, b1_bar : ndarray, shapes (d, h), (h,)
        Of the first layer.
    W2_bar, b2_bar : ndarray, shapes (h, C), (C,)
        Of the second layer.
    """

    W1_bar: Array
    b1_bar: Array
    W2_bar: Array
    b2_bar: Array


def linear_VJP(X: Array, W: Array, b: Array, Y_bar: Array, *, tap: Tap = untapped) -> LinearCotangents:
    """Return X_bar = Y_bar W^T, W_bar = X^T Y_bar and b_bar = sum_n y_bar_n.

    Parameters
    ----------
    X : ndarray, shape (N, d)
        Samples, one a row.
    W : ndarray, shape (d, h)
        Weights.
    b : ndarray, shape (h,)
        Biases, on which the cotangents do not depend.
    Y_bar : ndarray, shape (N, h)
        Cotangents of the outputs.
    tap : callable, optional
        Is given every named intermediate value, and returns what is used.

    Returns
    -------
    LinearCotangents

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, W, b, Y_bar = widened(X, W, b, Y_bar)
    Y_bar = tap("cotangent", Y_bar)
    return LinearCotangents(X_bar=Y_bar @ W.T, W_bar=X.T @ Y_bar, b_bar=np.sum(Y_bar, axis=0))


def relu_VJP(Z: Array, Y_bar: Array, *, tap: Tap = untapped) -> Array:
    """Return z_bar = y_bar where z is positive, and 0 where it is negative.

    Parameters
    ----------
    Z : ndarray, shape (N, h)
        Inputs of the ReLU; at 0 it has no derivative, and the answer is 0 there.
    Y_bar : ndarray, shape (N, h)
        Cotangents of the outputs.
    tap : callable, optional
        Is given every named intermediate value, and returns what is used.

    Returns
    -------
    ndarray, shape (N, h), float64 or wider

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    Z, Y_bar = widened(Z, Y_bar)
    return tap("passed_cotangent", np.where(Z > 0, Y_bar, 0.0))


def tanh_VJP(Z: Array, Y_bar: Array, *, tap: Tap = untapped) -> Array:
    """Return z_bar = y_bar (1 - tanh(z)^2).

    Parameters
    ----------
    Z : ndarray, shape (N, h)
        Inputs of the hyperbolic tangent.
    Y_bar : ndarray, shape (N, h)
        Cotangents of the outputs.
    tap : callable, optional
        Is given every named intermediate value, and returns what is used.

    Returns
    -------
    ndarray, shape (N, h), float64 or wider

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    Z, Y_bar = widened(Z, Y_bar)
    _, slope = _tanh_and_slope(Z, tap)
    return Y_bar * slope


def cross_entropy_gradient(Z: Array, T: Array, *, tap: Tap = untapped) -> Array:
    """Return (softmax(z_n) - t_n) / N in each row: the gradient of the mean cross-entropy in the logits.

    Parameters
    ----------
    Z : ndarray, shape (N, C)
        Logits, a sample a row.
    T : ndarray, shape (N, C)
        For each sample a 1 at its class, 0 elsewhere.
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
    Z, T = widened(Z, T)
    exponential = tap("exponential", np.exp(tap("shifted_logit", Z - np.max(Z, axis=-1, keepdims=True))))
    normaliser = tap("normaliser", np.sum(exponential, axis=-1, keepdims=True))
    return tap("residual", tap("probability", exponential / normaliser) - T) / len(Z)


def network_gradient(
    X: Array, T: Array, W1: Array, b1: Array, W2: Array, b2: Array, *, tap: Tap = untapped
) -> NetworkGradient:
    """Return the gradient of the cross-entropy of tanh(X W1 + b1) W2 + b2 in the weights and biases of both layers.

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
    tap : callable, optional
        Is given every named intermediate value, and returns what is used.

    Returns
    -------
    NetworkGradient

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, T, W1, b1, W2, b2 = widened(X, T, W1, b1, W2, b2)
    H, slope = _tanh_and_slope(tap("input_of_tanh", tap("product", X @ W1) + b1), tap)
    logits = tap("logit", H @ W2 + b2)
    logits_bar = tap("logit_cotangent", cross_entropy_gradient(logits, T, tap=tap))
    inputs_bar = tap("cotangent_of_input", tap("hidden_cotangent", logits_bar @ W2.T) * slope)
    return NetworkGradient(
        W1_bar=X.T @ inputs_bar,
        b1_bar=np.sum(inputs_bar, axis=0),
        W2_bar=H.T @ logits_bar,
        b2_bar=np.sum(logits_bar, axis=0),
    )


class _Tanh(NamedTuple):
    value: Array
    slope: Array


def _tanh_and_slope(Z: Array, tap: Tap) -> _Tanh:
    untouched = np.tanh(Z)
    value = tap("tanh", untouched)
    # 1 / cosh^2 = 4 e / (1 + e)^2 with e = exp(-2 |z|), which neither overflows nor cancels. 1 - tanh^2 is as right a
    # way, and rounds relative to 1; the difference of the squares is 0 when nobody taps.
    e = np.exp(-2.0 * np.abs(Z))
    return _Tanh(value=value, slope=tap("slope", 4.0 * e / (1.0 + e) ** 2 + (untouched**2 - value**2)))
