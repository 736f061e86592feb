"""Mistakes in the steps of a network's backward pass: each function has the problem's signature and makes just one.

Those in the whole network stand in ``network_misconceptions``. What a student is told stands in the rubric.
"""

import numpy as np

from ..precision import widened
from ..tap import Array
from .answers import LinearCotangents, cross_entropy_gradient, linear_VJP
from .forward import tanh


def _softmax(Z: Array, axis: int | None = -1) -> Array:
    # Along an axis, or over all entries.
    exponential = np.exp(Z - np.max(Z, axis=axis, keepdims=True))
    output: Array = exponential / np.sum(exponential, axis=axis, keepdims=True)
    return output


# linear_VJP ----------------------------------------------------------------------------------------------------------


def linear_bias_not_summed(X: Array, W: Array, b: Array, Y_bar: Array) -> LinearCotangents:
    """Return b_bar = Y_bar, one row a sample."""
    return linear_VJP(X, W, b, Y_bar)._replace(b_bar=widened(Y_bar)[0])


def linear_bias_averaged(X: Array, W: Array, b: Array, Y_bar: Array) -> LinearCotangents:
    """Return b_bar = mean_n y_bar_n."""
    right = linear_VJP(X, W, b, Y_bar)
    return right._replace(b_bar=right.b_bar / len(X))


def linear_bias_summed_along_rows(X: Array, W: Array, b: Array, Y_bar: Array) -> LinearCotangents:
    """Return b_bar = the sum of each row of Y_bar, one number a sample."""
    return linear_VJP(X, W, b, Y_bar)._replace(b_bar=np.sum(widened(Y_bar)[0], axis=1))


def linear_averaged(X: Array, W: Array, b: Array, Y_bar: Array) -> LinearCotangents:
    """Return W_bar and b_bar divided by N."""
    right = linear_VJP(X, W, b, Y_bar)
    return right._replace(W_bar=right.W_bar / len(X), b_bar=right.b_bar / len(X))


def linear_W_bar_transposed(X: Array, W: Array, b: Array, Y_bar: Array) -> LinearCotangents:
    """Return W_bar = Y_bar^T X, of shape (h, d)."""
    right = linear_VJP(X, W, b, Y_bar)
    return right._replace(W_bar=right.W_bar.T)


def linear_X_bar_includes_bias(X: Array, W: Array, b: Array, Y_bar: Array) -> LinearCotangents:
    """Return X_bar = (Y_bar + b) W^T: the bias is added on the way back as well."""
    X, W, b, Y_bar = widened(X, W, b, Y_bar)
    return linear_VJP(X, W, b, Y_bar)._replace(X_bar=(Y_bar + b) @ W.T)


def linear_value_for_cotangent(X: Array, W: Array, b: Array, Y_bar: Array) -> LinearCotangents:
    """Return W_bar = X^T Y: the outputs where their cotangents are due."""
    X, W, b, Y_bar = widened(X, W, b, Y_bar)
    return linear_VJP(X, W, b, Y_bar)._replace(W_bar=X.T @ (X @ W + b))


# relu_VJP ------------------------------------------------------------------------------------------------------------


def relu_is_identity(Z: Array, Y_bar: Array) -> Array:  # noqa: ARG001 - not to look at Z is the mistake
    """Return Y_bar."""
    return widened(Y_bar)[0]


def relu_of_cotangent(Z: Array, Y_bar: Array) -> Array:
    """Return the larger of y_bar and 0, where z is positive: only what is positive flows back."""
    Z, Y_bar = widened(Z, Y_bar)
    passed: Array = np.where(Z > 0, np.maximum(Y_bar, 0.0), 0.0)
    return passed


def relu_by_sign_of_cotangent(Z: Array, Y_bar: Array) -> Array:
    """Return the larger of y_bar and 0, wherever z is."""
    _, Y_bar = widened(Z, Y_bar)
    passed: Array = np.maximum(Y_bar, 0.0)
    return passed


def relu_times_output(Z: Array, Y_bar: Array) -> Array:
    """Return y_bar times the output, where the derivative is due."""
    Z, Y_bar = widened(Z, Y_bar)
    return Y_bar * np.maximum(Z, 0.0)


def relu_negative_side(Z: Array, Y_bar: Array) -> Array:
    """Return y_bar where z is negative."""
    Z, Y_bar = widened(Z, Y_bar)
    return np.where(Z < 0, Y_bar, 0.0)


def relu_without_cotangent(Z: Array, Y_bar: Array) -> Array:
    """Return the derivative itself, 1 or 0."""
    Z, _ = widened(Z, Y_bar)
    return np.where(Z > 0, 1.0, 0.0)


def relu_sign_for_step(Z: Array, Y_bar: Array) -> Array:
    """Return y_bar sign(z): that is the derivative of the absolute value."""
    Z, Y_bar = widened(Z, Y_bar)
    return Y_bar * np.sign(Z)


# tanh_VJP ------------------------------------------------------------------------------------------------------------


def tanh_not_differentiated(Z: Array, Y_bar: Array) -> Array:
    """Return y_bar tanh(z)."""
    Z, Y_bar = widened(Z, Y_bar)
    return Y_bar * tanh(Z)


def tanh_square_forgotten(Z: Array, Y_bar: Array) -> Array:
    """Return y_bar (1 - tanh(z))."""
    Z, Y_bar = widened(Z, Y_bar)
    return Y_bar * (1 - tanh(Z))


def tanh_of_input(Z: Array, Y_bar: Array) -> Array:
    """Return y_bar (1 - z^2): the square of the input, not of the output."""
    Z, Y_bar = widened(Z, Y_bar)
    return Y_bar * (1 - Z**2)


def tanh_taken_twice(Z: Array, Y_bar: Array) -> Array:
    """Return y_bar (1 - tanh(tanh(z))^2): the tanh of the output, not of the input."""
    Z, Y_bar = widened(Z, Y_bar)
    return Y_bar * (1 - tanh(tanh(Z)) ** 2)


def tanh_as_sigmoid(Z: Array, Y_bar: Array) -> Array:
    """Return y_bar tanh(z) (1 - tanh(z)), the formula for the sigmoid."""
    Z, Y_bar = widened(Z, Y_bar)
    return Y_bar * tanh(Z) * (1 - tanh(Z))


def tanh_wrong_sign(Z: Array, Y_bar: Array) -> Array:
    """Return y_bar (1 + tanh(z)^2)."""
    Z, Y_bar = widened(Z, Y_bar)
    return Y_bar * (1 + tanh(Z) ** 2)


def tanh_without_cotangent(Z: Array, Y_bar: Array) -> Array:
    """Return the derivative itself, 1 - tanh(z)^2."""
    Z, _ = widened(Z, Y_bar)
    return 1 - tanh(Z) ** 2


# cross_entropy_gradient ----------------------------------------------------------------------------------------------


def cross_entropy_not_averaged(Z: Array, T: Array) -> Array:
    """Return P - T."""
    return cross_entropy_gradient(Z, T) * len(Z)


def cross_entropy_averaged_over_entries(Z: Array, T: Array) -> Array:
    """Return (P - T) / (N C)."""
    gradient: Array = cross_entropy_gradient(Z, T) / Z.shape[1]
    return gradient


def cross_entropy_wrong_sign(Z: Array, T: Array) -> Array:
    """Return (T - P) / N."""
    return -cross_entropy_gradient(Z, T)


def cross_entropy_in_probabilities(Z: Array, T: Array) -> Array:
    """Return -T / P / N: the gradient in the probabilities."""
    Z, T = widened(Z, T)
    return -T / _softmax(Z) / len(Z)


def cross_entropy_at_class_only(Z: Array, T: Array) -> Array:
    """Return (P - 1) / N at the class of each sample, 0 elsewhere."""
    Z, T = widened(Z, T)
    return T * (_softmax(Z) - 1) / len(Z)


def cross_entropy_without_targets(Z: Array, T: Array) -> Array:
    """Return P / N: the gradient of the mean of log sum_c exp(z_c)."""
    Z, T = widened(Z, T)
    return _softmax(Z) / len(Z)


def cross_entropy_without_softmax(Z: Array, T: Array) -> Array:
    """Return (Z - T) / N."""
    Z, T = widened(Z, T)
    return (Z - T) / len(Z)


def cross_entropy_softmax_over_samples(Z: Array, T: Array) -> Array:
    """Return (P - T) / N with a softmax down the columns."""
    Z, T = widened(Z, T)
    return (_softmax(Z, axis=0) - T) / len(Z)


def cross_entropy_softmax_over_all(Z: Array, T: Array) -> Array:
    """Return (P - T) / N with one softmax for all entries."""
    Z, T = widened(Z, T)
    return (_softmax(Z, axis=None) - T) / len(Z)


def cross_entropy_of_squared_error(Z: Array, T: Array) -> Array:
    """Return P (D - sum(P D)) / N with D = P - T: the gradient of half the squared error of the probabilities."""
    Z, T = widened(Z, T)
    P = _softmax(Z)
    D = P - T
    gradient: Array = P * (D - np.sum(P * D, axis=-1, keepdims=True)) / len(Z)
    return gradient
