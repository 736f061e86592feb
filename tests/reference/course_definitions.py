"""What the assignments for courses ask to be differentiated, by its definition and in 80 digits.

Written without a look at `reference/`. An answer is right if it is the derivative of these, by central differences.
"""

from collections.abc import Callable, Mapping
from typing import Any

import mpmath as mp
import numpy as np

from tests.reference.high_precision import Exact, central_differences

EXP = np.vectorize(mp.exp, otypes=[object])
LOG = np.vectorize(mp.log, otypes=[object])
TANH = np.vectorize(mp.tanh, otypes=[object])
ROOT = np.vectorize(mp.sqrt, otypes=[object])


def logistic_loss(X: Exact, y: Exact, w: Exact, b: Exact, lam: Exact) -> Any:
    z = X @ w + b
    return (LOG(1 + EXP(z)) - y * z).sum() / len(y) + lam * (w * w).sum() / 2


def logistic_loss_along(X: Exact, y: Exact, w: Exact, b: Exact, lam: Exact, v: Exact) -> Any:
    """The slope of the loss along v in the weights: its gradient is the Hessian times v."""
    return central_differences(lambda at: logistic_loss(X, y, at, b, lam), w, [v])[0]


def batch_normed(X: Exact, gamma: Exact, beta: Exact, eps: Exact, Y_bar: Exact) -> Any:
    mean = X.sum(axis=0) / len(X)
    # Without differences to the mean: in 80 digits nothing cancels.
    return served(X, gamma, beta, mean, (X * X).sum(axis=0) / len(X) - mean * mean, eps, Y_bar)


def served(X: Exact, gamma: Exact, beta: Exact, mean: Exact, variance: Exact, eps: Exact, Y_bar: Exact) -> Any:
    return (Y_bar * (gamma * (X - mean) / ROOT(variance + eps) + beta)).sum()


def masked_softmaxed(S: Exact, mask: Exact, A_bar: Exact) -> Any:
    exponential = EXP(S) * mask
    return (A_bar * exponential / exponential.sum(axis=1, keepdims=True)).sum()


def attended(Q: Exact, K: Exact, V: Exact, mask: Exact, Y_bar: Exact) -> Any:
    return masked_softmaxed(Q @ K.T / mp.sqrt(Q.shape[1]), mask, Y_bar @ V.T)


def linear_step(X: Exact, W: Exact, b: Exact, Y_bar: Exact) -> Any:
    return (Y_bar * (X @ W + b)).sum()


def relu_step(Z: Exact, Y_bar: Exact) -> Any:
    return (Y_bar * np.where(Z > 0, Z, 0)).sum()


def tanh_step(Z: Exact, Y_bar: Exact) -> Any:
    return (Y_bar * TANH(Z)).sum()


def classified(Z: Exact, T: Exact) -> Any:
    return (LOG(EXP(Z).sum(axis=1)) - (T * Z).sum(axis=1)).sum() / len(Z)


def network(X: Exact, T: Exact, W1: Exact, b1: Exact, W2: Exact, b2: Exact) -> Any:
    return classified(TANH(X @ W1 + b1) @ W2 + b2, T)


Scalar = Callable[..., Any]
DIFFERENTIATED: Mapping[str, tuple[Scalar, tuple[str, ...]]] = {
    "logistic_gradient": (logistic_loss, ("w", "b")),
    "hessian_vector_product": (logistic_loss_along, ("w",)),
    "masked_softmax_VJP": (masked_softmaxed, ("S",)),
    "attention_VJP": (attended, ("Q", "K", "V")),
    "batch_norm_VJP": (batch_normed, ("X", "gamma", "beta")),
    "batch_norm_inference_VJP": (served, ("X", "gamma", "beta")),
    "linear_VJP": (linear_step, ("X", "W", "b")),
    "relu_VJP": (relu_step, ("Z",)),
    "tanh_VJP": (tanh_step, ("Z",)),
    "cross_entropy_gradient": (classified, ("Z",)),
    "network_gradient": (network, ("W1", "b1", "W2", "b2")),
}
"""For each problem, the number that is differentiated, and in which argument for each returned value."""
