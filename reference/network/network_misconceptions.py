"""Mistakes in the gradient of a whole network of two layers: each function makes just one.

What a student who makes it is told stands in the rubric. Whoever makes one may return another shape than is due.
"""

from collections.abc import Callable

import numpy as np

from ..precision import widened
from ..tap import Array
from .answers import NetworkGradient, cross_entropy_gradient, network_gradient
from .misconceptions import cross_entropy_at_class_only, cross_entropy_softmax_over_samples


def _back(
    X: Array,
    W2: Array,
    hidden: Array,
    logits_bar: Array,
    slope: Array,
) -> NetworkGradient:
    # The right way back through both layers: so a mistake in one step can be written in one line.
    inputs_bar = logits_bar @ W2.T * slope
    return NetworkGradient(
        W1_bar=X.T @ inputs_bar,
        b1_bar=np.sum(inputs_bar, axis=0),
        W2_bar=hidden.T @ logits_bar,
        b2_bar=np.sum(logits_bar, axis=0),
    )


def _with_slope(
    slope: Callable[[Array], Array], X: Array, T: Array, W1: Array, b1: Array, W2: Array, b2: Array
) -> NetworkGradient:
    X, T, W1, b1, W2, b2 = widened(X, T, W1, b1, W2, b2)
    inputs = X @ W1 + b1
    hidden = np.tanh(inputs)
    return _back(X, W2, hidden, cross_entropy_gradient(hidden @ W2 + b2, T), slope(inputs))


def not_averaged(X: Array, T: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> NetworkGradient:
    """Return the gradient of the sum of the cross-entropies."""
    return NetworkGradient(*(bar * len(X) for bar in network_gradient(X, T, W1, b1, W2, b2)))


def wrong_sign(X: Array, T: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> NetworkGradient:
    """Return minus the gradient."""
    return NetworkGradient(*(-bar for bar in network_gradient(X, T, W1, b1, W2, b2)))


def tanh_skipped(X: Array, T: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> NetworkGradient:
    """Return the gradient with nothing between the cotangents of the hidden values and of the inputs of tanh."""
    return _with_slope(np.ones_like, X, T, W1, b1, W2, b2)


def tanh_slope_of_input(X: Array, T: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> NetworkGradient:
    """Return the gradient with 1 - z^2 for the slope of tanh."""
    return _with_slope(lambda inputs: 1 - inputs**2, X, T, W1, b1, W2, b2)


def tanh_slope_not_squared(X: Array, T: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> NetworkGradient:
    """Return the gradient with 1 - tanh(z) for the slope of tanh."""
    return _with_slope(lambda inputs: 1 - np.tanh(inputs), X, T, W1, b1, W2, b2)


def tanh_slope_of_hidden(X: Array, T: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> NetworkGradient:
    """Return the gradient with the slope of tanh taken at tanh(z)."""
    return _with_slope(lambda inputs: 1 - np.tanh(np.tanh(inputs)) ** 2, X, T, W1, b1, W2, b2)


def relu_slope(X: Array, T: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> NetworkGradient:
    """Return the gradient with the slope of a ReLU."""
    return _with_slope(lambda inputs: np.where(inputs > 0, 1.0, 0.0), X, T, W1, b1, W2, b2)


def linear_network(X: Array, T: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> NetworkGradient:
    """Return the gradient without tanh, forwards and backwards."""
    X, T, W1, b1, W2, b2 = widened(X, T, W1, b1, W2, b2)
    hidden = X @ W1 + b1
    return _back(X, W2, hidden, cross_entropy_gradient(hidden @ W2 + b2, T), np.ones_like(hidden))


def first_bias_ignored(X: Array, T: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> NetworkGradient:
    """Return the gradient at X W1, without the biases of the first layer."""
    return network_gradient(X, T, W1, 0.0 * b1, W2, b2)


def second_bias_ignored(X: Array, T: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> NetworkGradient:
    """Return the gradient at logits without the biases of the second layer."""
    return network_gradient(X, T, W1, b1, W2, 0.0 * b2)


def W2_bar_of_input_of_tanh(X: Array, T: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> NetworkGradient:
    """Return W2_bar = Z1^T Z2_bar, with the values before tanh."""
    X, T, W1, b1, W2, b2 = widened(X, T, W1, b1, W2, b2)
    inputs = X @ W1 + b1
    logits_bar = cross_entropy_gradient(np.tanh(inputs) @ W2 + b2, T)
    return network_gradient(X, T, W1, b1, W2, b2)._replace(W2_bar=inputs.T @ logits_bar)


def biases_averaged(X: Array, T: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> NetworkGradient:
    """Return the means of the rows for the biases, where the loss has the 1/N already."""
    right = network_gradient(X, T, W1, b1, W2, b2)
    return right._replace(b1_bar=right.b1_bar / len(X), b2_bar=right.b2_bar / len(X))


def biases_not_summed(X: Array, T: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> NetworkGradient:
    """Return a row a sample for the biases of both layers."""
    X, T, W1, b1, W2, b2 = widened(X, T, W1, b1, W2, b2)
    hidden = np.tanh(X @ W1 + b1)
    logits_bar = cross_entropy_gradient(hidden @ W2 + b2, T)
    right = network_gradient(X, T, W1, b1, W2, b2)
    return right._replace(b1_bar=logits_bar @ W2.T * (1 - hidden**2), b2_bar=logits_bar)


def softmax_over_samples(X: Array, T: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> NetworkGradient:
    """Return the gradient with a softmax down the columns of the logits."""
    X, T, W1, b1, W2, b2 = widened(X, T, W1, b1, W2, b2)
    hidden = np.tanh(X @ W1 + b1)
    return _back(X, W2, hidden, cross_entropy_softmax_over_samples(hidden @ W2 + b2, T), 1 - hidden**2)


def at_class_only(X: Array, T: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> NetworkGradient:
    """Return the gradient with cotangents of the logits that are 0 beside the class of a sample."""
    X, T, W1, b1, W2, b2 = widened(X, T, W1, b1, W2, b2)
    hidden = np.tanh(X @ W1 + b1)
    return _back(X, W2, hidden, cross_entropy_at_class_only(hidden @ W2 + b2, T), 1 - hidden**2)
