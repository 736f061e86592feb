"""Mistakes in the backward passes of softmax: each function has the problem's signature and makes just one.

What a student who makes it is told stands in the rubric. Whoever makes one may return another shape than is due.
"""

import numpy as np

from ..precision import widened
from ..tap import Array
from .answers import SoftmaxCotangents, softmax_backward, softmax_VJP
from .forward import softmax


def _mean_cotangent(Y: Array, Y_bar: Array) -> Array:
    # sum_i y_bar_i y_i of each row, kept as a column.
    total: Array = np.sum(Y * Y_bar, axis=-1, keepdims=True)
    return total


# softmax_backward ----------------------------------------------------------------------------------------------------


def backward_r_bar_not_summed(z: Array, y_bar: Array) -> SoftmaxCotangents:
    """Return r_bar_i = -y_bar_i exp(z_i) / r^2, a vector, and the z_bar that follows from it."""
    z, y_bar = widened(z, y_bar)
    y, r = softmax(z), np.sum(np.exp(z))
    return SoftmaxCotangents(r_bar=-y_bar * y / r, z_bar=y_bar * y - y_bar * y**2)


def backward_wrong_sign_of_r_bar(z: Array, y_bar: Array) -> SoftmaxCotangents:
    """Return r_bar = +sum_i y_bar_i exp(z_i) / r^2, and the z_bar that follows from it."""
    y = softmax(z)
    return SoftmaxCotangents(r_bar=-softmax_backward(z, y_bar).r_bar, z_bar=y * (y_bar + _mean_cotangent(y, y_bar)))


def backward_r_not_squared(z: Array, y_bar: Array) -> SoftmaxCotangents:
    """Return r_bar = -sum_i y_bar_i exp(z_i) / r, and the z_bar that follows from it."""
    z, y_bar = widened(z, y_bar)
    y = softmax(z)
    r_bar = -np.sum(y * y_bar)
    return SoftmaxCotangents(r_bar=r_bar, z_bar=y_bar * y + r_bar * np.exp(z))


def backward_without_direct_term(z: Array, y_bar: Array) -> SoftmaxCotangents:
    """Return z_bar_j = r_bar exp(z_j)."""
    y = softmax(z)
    return SoftmaxCotangents(r_bar=softmax_backward(z, y_bar).r_bar, z_bar=-y * _mean_cotangent(y, y_bar))


def backward_without_normaliser_term(z: Array, y_bar: Array) -> SoftmaxCotangents:
    """Return z_bar_j = y_bar_j exp(z_j) / r."""
    return SoftmaxCotangents(r_bar=softmax_backward(z, y_bar).r_bar, z_bar=softmax(z) * y_bar)


def backward_with_diagonal_jacobian(z: Array, y_bar: Array) -> SoftmaxCotangents:
    """Return z_bar_j = y_j (1 - y_j) y_bar_j: the other outputs do not depend on z_j, it says."""
    y = softmax(z)
    return SoftmaxCotangents(r_bar=softmax_backward(z, y_bar).r_bar, z_bar=y * (1 - y) * y_bar)


def backward_without_exponential_in_r_bar(z: Array, y_bar: Array) -> SoftmaxCotangents:
    """Return r_bar = -sum_i y_bar_i / r^2, and the z_bar that follows from it."""
    z, y_bar = widened(z, y_bar)
    y, r = softmax(z), np.sum(np.exp(z))
    r_bar = -np.sum(y_bar) / r**2
    return SoftmaxCotangents(r_bar=r_bar, z_bar=y_bar * y + r_bar * np.exp(z))


def backward_output_for_exponential(z: Array, y_bar: Array) -> SoftmaxCotangents:
    """Return z_bar_j = y_bar_j y_j + r_bar y_j: dr/dz_j is exp(z_j), not y_j."""
    y = softmax(z)
    r_bar = softmax_backward(z, y_bar).r_bar
    return SoftmaxCotangents(r_bar=r_bar, z_bar=y * (y_bar + r_bar))


def backward_without_cotangent_in_r_bar(z: Array, y_bar: Array) -> SoftmaxCotangents:
    """Return r_bar = -sum_i exp(z_i) / r^2 = -1/r, and the z_bar that follows from it."""
    z, y_bar = widened(z, y_bar)
    return SoftmaxCotangents(r_bar=-1 / np.sum(np.exp(z)), z_bar=softmax(z) * (y_bar - 1))


# softmax_VJP ---------------------------------------------------------------------------------------------------------


def vjp_without_normaliser_term(Z: Array, Y_bar: Array) -> Array:
    """Return Y Y_bar."""
    return softmax(Z) * Y_bar


def vjp_without_direct_term(Z: Array, Y_bar: Array) -> Array:
    """Return -Y sum(Y Y_bar)."""
    Y = softmax(Z)
    return -Y * _mean_cotangent(Y, Y_bar)


def vjp_with_diagonal_jacobian(Z: Array, Y_bar: Array) -> Array:
    """Return Y (1 - Y) Y_bar."""
    Y = softmax(Z)
    return Y * (1 - Y) * Y_bar


def vjp_down_the_columns(Z: Array, Y_bar: Array) -> Array:
    """Return the product for a softmax over the samples, axis 0."""
    return softmax_VJP(Z.T, Y_bar.T).T


def vjp_summed_down_the_columns(Z: Array, Y_bar: Array) -> Array:
    """Return Y (Y_bar - sum over the samples of Y Y_bar): softmax by rows, the sum along axis 0."""
    Y = softmax(Z)
    product: Array = Y * (Y_bar - np.sum(Y * Y_bar, axis=0, keepdims=True))
    return product


def vjp_over_all_entries(Z: Array, Y_bar: Array) -> Array:
    """Return the product for one softmax over all entries: no axis, no keepdims."""
    return softmax_VJP(Z.reshape(1, -1), Y_bar.reshape(1, -1)).reshape(Z.shape)


def vjp_summed_over_all_entries(Z: Array, Y_bar: Array) -> Array:
    """Return Y (Y_bar - sum of all entries of Y Y_bar): softmax by rows, the sum without an axis."""
    Y = softmax(Z)
    product: Array = Y * (Y_bar - np.sum(Y * Y_bar))
    return product


def vjp_with_wrong_sign(Z: Array, Y_bar: Array) -> Array:
    """Return minus the product."""
    return -softmax_VJP(Z, Y_bar)


def vjp_adds_normaliser_term(Z: Array, Y_bar: Array) -> Array:
    """Return Y (Y_bar + sum(Y Y_bar)): the minus of d(1/r)/dr is lost."""
    Y = softmax(Z)
    return Y * (Y_bar + _mean_cotangent(Y, Y_bar))


def vjp_minus_plain_mean(Z: Array, Y_bar: Array) -> Array:
    """Return Y (Y_bar - mean(Y_bar)): the mean without the weights Y."""
    Z, Y_bar = widened(Z, Y_bar)
    product: Array = softmax(Z) * (Y_bar - np.mean(Y_bar, axis=-1, keepdims=True))
    return product


def vjp_minus_plain_sum(Z: Array, Y_bar: Array) -> Array:
    """Return Y (Y_bar - sum(Y_bar))."""
    Z, Y_bar = widened(Z, Y_bar)
    product: Array = softmax(Z) * (Y_bar - np.sum(Y_bar, axis=-1, keepdims=True))
    return product


def vjp_squares_output(Z: Array, Y_bar: Array) -> Array:
    """Return Y Y_bar - Y^2 sum(Y Y_bar)."""
    Y = softmax(Z)
    return Y * Y_bar - Y**2 * _mean_cotangent(Y, Y_bar)


def vjp_without_output_factor(Z: Array, Y_bar: Array) -> Array:
    """Return Y_bar - sum(Y Y_bar)."""
    return Y_bar - _mean_cotangent(softmax(Z), Y_bar)


def vjp_averaged_over_samples(Z: Array, Y_bar: Array) -> Array:
    """Return the product divided by the number of rows."""
    return softmax_VJP(Z, Y_bar) / len(Z)
