"""The assignments' functions by their definitions, in 80 digits, and their derivatives by central differences.

Written without a look at `reference/`: no log domain, no Cholesky factor, the inverse where the formula has an inverse.
"""

from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np

DIGITS = 80
# Truncation is about h**2 f''' = 1e-50 f''', rounding about 1e-80 / h = 1e-55: both far below double precision.
STEP = mp.mpf(10) ** -25

Exact = np.ndarray[Any, Any]


def exact(array: Any) -> Exact:
    """The same numbers as an object array of mpf; a float is a binary fraction, so nothing is rounded."""
    given = np.asarray(array)
    if given.dtype == object:
        return given
    return np.array([mp.mpf(float(v)) for v in given.ravel()] + [None], dtype=object)[:-1].reshape(given.shape)


def rounded(array: Exact) -> np.ndarray[Any, Any]:
    return np.array(array, dtype=np.float64)


def inverse(matrix: Exact) -> Exact:
    inverted = mp.matrix(matrix.tolist()) ** -1
    size = len(matrix)
    return np.array([[inverted[i, j] for j in range(size)] for i in range(size)], dtype=object)


def density(x: Exact, mean: Exact, covariance: Exact) -> Any:
    e = x - mean
    norm = mp.sqrt(mp.det(mp.matrix(covariance.tolist()))) * (2 * mp.pi) ** (mp.mpf(len(x)) / 2)
    return mp.exp(-(e @ inverse(covariance) @ e) / 2) / norm


def densities(X: Exact, mu: Exact, Sigma: Exact) -> Exact:
    return np.array([[density(x, m, S) for m, S in zip(mu, Sigma, strict=True)] for x in X], dtype=object)


def log_likelihood(X: Exact, pi: Exact, mu: Exact, Sigma: Exact) -> Any:
    return sum(mp.log(p) for p in densities(X, mu, Sigma) @ pi)


def responsibilities(X: Exact, pi: Exact, mu: Exact, Sigma: Exact) -> Exact:
    joint = densities(X, mu, Sigma) * pi
    return joint / joint.sum(axis=1, keepdims=True)


def grad_mu(X: Exact, pi: Exact, mu: Exact, Sigma: Exact) -> Exact:
    r = responsibilities(X, pi, mu, Sigma)
    return np.array([inverse(Sigma[k]) @ (r[:, k] @ (X - mu[k])) for k in range(len(pi))], dtype=object)


def grad_pi(X: Exact, pi: Exact, mu: Exact, Sigma: Exact) -> Exact:
    N = densities(X, mu, Sigma)
    return (N / (N @ pi)[:, np.newaxis]).sum(axis=0)


def grad_pi_constrained(X: Exact, pi: Exact, mu: Exact, Sigma: Exact) -> Exact:
    free = grad_pi(X, pi, mu, Sigma)
    return free - free.sum() / len(free)


def weights(logits: Exact) -> Exact:
    exponential = np.array([mp.exp(a) for a in logits], dtype=object)
    return exponential / exponential.sum()


def grad_logits(X: Exact, logits: Exact, mu: Exact, Sigma: Exact) -> Exact:
    pi = weights(logits)
    jacobian = np.diag(pi) - np.outer(pi, pi)
    return jacobian @ grad_pi(X, pi, mu, Sigma)


def grad_Sigma(X: Exact, pi: Exact, mu: Exact, Sigma: Exact) -> Exact:  # noqa: N802 - the assignment's name
    r = responsibilities(X, pi, mu, Sigma)
    gradient = []
    for k in range(len(pi)):
        inverted = inverse(Sigma[k])
        terms = [r[n, k] * (np.outer(e, e) - Sigma[k]) for n, e in enumerate(X - mu[k])]
        gradient.append(inverted @ sum(terms[1:], terms[0]) @ inverted / 2)
    return np.array(gradient, dtype=object)


def covariances(L: Exact) -> Exact:
    return np.array([factor @ factor.T for factor in L], dtype=object)


def grad_cholesky(X: Exact, pi: Exact, mu: Exact, L: Exact) -> Exact:
    gradient = grad_Sigma(X, pi, mu, covariances(L))
    keep = np.tril(np.ones(L.shape[1:], dtype=int))
    return np.array([2 * (G @ factor) * keep for G, factor in zip(gradient, L, strict=True)], dtype=object)


def softmax(Z: Exact) -> Exact:
    exponential = np.array([mp.exp(z) for z in Z.ravel()], dtype=object).reshape(Z.shape)
    return exponential / exponential.sum(axis=-1, keepdims=True)


def softmax_backward(z: Exact, y_bar: Exact) -> tuple[Any, Exact]:
    e = np.array([mp.exp(v) for v in z], dtype=object)
    r = e.sum()
    r_bar = -(y_bar * e).sum() / r**2
    return r_bar, y_bar * e / r + r_bar * e


def softmax_VJP(Z: Exact, Y_bar: Exact) -> Exact:  # noqa: N802 - the assignment's name
    rows = []
    for y, y_bar in zip(softmax(Z), Y_bar, strict=True):
        rows.append((np.diag(y) - np.outer(y, y)) @ y_bar)
    return np.array(rows, dtype=object)


def central_differences(function: Callable[[Exact], Any], at: Exact, directions: list[Exact]) -> Exact:
    """The derivative of a scalar function along each direction."""
    slopes = [(function(at + STEP * D) - function(at - STEP * D)) / (2 * STEP) for D in directions]
    return np.array(slopes, dtype=object)


def unit_directions(shape: tuple[int, ...]) -> list[Exact]:
    """One direction an entry, in C order."""
    return list(np.eye(int(np.prod(shape)), dtype=int).reshape(-1, *shape).astype(object))


def gradient(function: Callable[[Exact], Any], at: Exact) -> Exact:
    """The gradient of a scalar function in independent entries, by central differences."""
    return central_differences(function, at, unit_directions(at.shape)).reshape(at.shape)
