"""Mistakes in the derivatives of logistic regression: each function has the problem's signature and makes just one.

What a student who makes it is told stands in the rubric. Whoever makes one may return another shape than is due.
"""

import numpy as np

from ..precision import widened
from ..tap import Array
from .answers import LogisticGradient, hessian_vector_product, logistic_gradient
from .forward import sigmoid


def _from_residual(X: Array, residual: Array, penalty: Array) -> LogisticGradient:
    # The right way from here on: so a mistake in the residual alone can be written in one line.
    return LogisticGradient(w_bar=X.T @ residual / len(X) + penalty, b_bar=np.mean(residual))


def _from_curvature(X: Array, curvature: Array, v: Array, penalty: Array) -> Array:
    product: Array = X.T @ (curvature * (X @ v)) / len(X) + penalty
    return product


# logistic_gradient ---------------------------------------------------------------------------------------------------


def gradient_not_averaged(X: Array, y: Array, w: Array, b: Array, lam: Array) -> LogisticGradient:
    """Return the sums over the samples where the means are due; the penalty is right."""
    X, y, w, b, lam = widened(X, y, w, b, lam)
    residual = sigmoid(X @ w + b) - y
    return LogisticGradient(w_bar=X.T @ residual + lam * w, b_bar=np.sum(residual))


def gradient_bias_not_averaged(X: Array, y: Array, w: Array, b: Array, lam: Array) -> LogisticGradient:
    """Return the sum over the samples for the bias, the mean for the weights."""
    right = logistic_gradient(X, y, w, b, lam)
    return right._replace(b_bar=right.b_bar * len(X))


def gradient_bias_not_summed(X: Array, y: Array, w: Array, b: Array, lam: Array) -> LogisticGradient:
    """Return (p_n - y_n) / N for the bias, one number a sample."""
    X, y, w, b, lam = widened(X, y, w, b, lam)
    residual = sigmoid(X @ w + b) - y
    return LogisticGradient(w_bar=X.T @ residual / len(X) + lam * w, b_bar=residual / len(X))


def gradient_wrong_sign(X: Array, y: Array, w: Array, b: Array, lam: Array) -> LogisticGradient:
    """Return minus the gradient."""
    right = logistic_gradient(X, y, w, b, lam)
    return LogisticGradient(w_bar=-right.w_bar, b_bar=-right.b_bar)


def gradient_wrong_sign_of_residual(X: Array, y: Array, w: Array, b: Array, lam: Array) -> LogisticGradient:
    """Return the gradient with y - p where p - y is due: that of the log-likelihood, minus the sign of the penalty."""
    X, y, w, b, lam = widened(X, y, w, b, lam)
    return _from_residual(X, y - sigmoid(X @ w + b), lam * w)


def gradient_without_penalty(X: Array, y: Array, w: Array, b: Array, lam: Array) -> LogisticGradient:
    """Return the gradient of the mean cross-entropy alone."""
    return logistic_gradient(X, y, w, b, 0.0 * lam)


def gradient_penalty_doubled(X: Array, y: Array, w: Array, b: Array, lam: Array) -> LogisticGradient:
    """Return 2 lam w for the penalty: its 1/2 is lost."""
    return logistic_gradient(X, y, w, b, 2.0 * lam)


def gradient_penalty_averaged(X: Array, y: Array, w: Array, b: Array, lam: Array) -> LogisticGradient:
    """Return the penalty's gradient divided by N: the 1/N is taken out of the whole."""
    return logistic_gradient(X, y, w, b, lam / len(X))


def gradient_penalty_without_weights(X: Array, y: Array, w: Array, b: Array, lam: Array) -> LogisticGradient:
    """Return lam/2 sum_i w_i^2 for the penalty's gradient in every weight: it is not differentiated."""
    X, y, w, b, lam = widened(X, y, w, b, lam)
    return _from_residual(X, sigmoid(X @ w + b) - y, lam / 2 * np.sum(w**2))


def gradient_bias_regularised(X: Array, y: Array, w: Array, b: Array, lam: Array) -> LogisticGradient:
    """Return mean_n (p_n - y_n) + lam b for the bias."""
    right = logistic_gradient(X, y, w, b, lam)
    return right._replace(b_bar=right.b_bar + lam * b)


def gradient_bias_ignored(X: Array, y: Array, w: Array, b: Array, lam: Array) -> LogisticGradient:
    """Return the gradient at z = x . w, without the bias."""
    return logistic_gradient(X, y, w, 0.0 * b, lam)


def gradient_of_squared_error(X: Array, y: Array, w: Array, b: Array, lam: Array) -> LogisticGradient:
    """Return the gradient with (p - y) p (1 - p), which is that of mean_n (p_n - y_n)^2 / 2."""
    X, y, w, b, lam = widened(X, y, w, b, lam)
    p = sigmoid(X @ w + b)
    return _from_residual(X, (p - y) * p * (1 - p), lam * w)


def gradient_logit_for_probability(X: Array, y: Array, w: Array, b: Array, lam: Array) -> LogisticGradient:
    """Return the gradient with z - y, that of linear regression."""
    X, y, w, b, lam = widened(X, y, w, b, lam)
    return _from_residual(X, X @ w + b - y, lam * w)


def gradient_labels_as_signs(X: Array, y: Array, w: Array, b: Array, lam: Array) -> LogisticGradient:
    """Return the gradient with p - (2 y - 1): labels of -1 and 1 in the formula for 0 and 1."""
    X, y, w, b, lam = widened(X, y, w, b, lam)
    return _from_residual(X, sigmoid(X @ w + b) - (2 * y - 1), lam * w)


# hessian_vector_product ----------------------------------------------------------------------------------------------


def hessian_not_averaged(X: Array, y: Array, w: Array, b: Array, lam: Array, v: Array) -> Array:
    """Return the sum over the samples where the mean is due; the penalty is right."""
    return hessian_vector_product(X, y, w, b, lam / len(X), v) * len(X)


def hessian_wrong_sign(X: Array, y: Array, w: Array, b: Array, lam: Array, v: Array) -> Array:
    """Return minus the product."""
    return -hessian_vector_product(X, y, w, b, lam, v)


def hessian_without_penalty(X: Array, y: Array, w: Array, b: Array, lam: Array, v: Array) -> Array:
    """Return the Hessian of the mean cross-entropy alone, times v."""
    return hessian_vector_product(X, y, w, b, 0.0 * lam, v)


def hessian_penalty_not_multiplied(X: Array, y: Array, w: Array, b: Array, lam: Array, v: Array) -> Array:
    """Return lam w for the penalty's part: its gradient, where lam v is due."""
    return hessian_vector_product(X, y, w, b, 0.0 * lam, v) + lam * w


def hessian_penalty_averaged(X: Array, y: Array, w: Array, b: Array, lam: Array, v: Array) -> Array:
    """Return the penalty's part divided by N."""
    return hessian_vector_product(X, y, w, b, lam / len(X), v)


def hessian_without_curvature(X: Array, y: Array, w: Array, b: Array, lam: Array, v: Array) -> Array:
    """Return X^T X v / N + lam v, the product of linear regression."""
    X, y, w, b, lam, v = widened(X, y, w, b, lam, v)
    return _from_curvature(X, np.ones_like(y), v, lam * v)


def hessian_probability_for_curvature(X: Array, y: Array, w: Array, b: Array, lam: Array, v: Array) -> Array:
    """Return the product with p where p (1 - p) is due."""
    X, y, w, b, lam, v = widened(X, y, w, b, lam, v)
    return _from_curvature(X, sigmoid(X @ w + b), v, lam * v)


def hessian_curvature_squared(X: Array, y: Array, w: Array, b: Array, lam: Array, v: Array) -> Array:
    """Return the product with (p (1 - p))^2: the factor is applied to X v and to X^T."""
    X, y, w, b, lam, v = widened(X, y, w, b, lam, v)
    p = sigmoid(X @ w + b)
    return _from_curvature(X, (p * (1 - p)) ** 2, v, lam * v)


def hessian_empirical_fisher(X: Array, y: Array, w: Array, b: Array, lam: Array, v: Array) -> Array:
    """Return the product with (p - y)^2, the outer products of the samples' gradients."""
    X, y, w, b, lam, v = widened(X, y, w, b, lam, v)
    return _from_curvature(X, (sigmoid(X @ w + b) - y) ** 2, v, lam * v)


def hessian_diagonal(X: Array, y: Array, w: Array, b: Array, lam: Array, v: Array) -> Array:
    """Return the diagonal of the Hessian times v, entry by entry."""
    X, y, w, b, lam, v = widened(X, y, w, b, lam, v)
    p = sigmoid(X @ w + b)
    product: Array = (np.mean((p * (1 - p))[:, np.newaxis] * X**2, axis=0) + lam) * v
    return product


def hessian_bias_ignored(X: Array, y: Array, w: Array, b: Array, lam: Array, v: Array) -> Array:
    """Return the product at z = x . w, without the bias."""
    return hessian_vector_product(X, y, w, 0.0 * b, lam, v)
