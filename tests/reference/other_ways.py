"""Right answers that compute otherwise than the trusted ones: what a student may well hand in."""

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
LogDensities = Callable[[Array, Array, Array], Array]


def by_inverse(X: Array, mu: Array, Sigma: Array) -> Array:
    e = X[:, None] - mu
    return -0.5 * (np.einsum("nki,kij,nkj->nk", e, np.linalg.inv(Sigma), e) + constant(Sigma))


def by_eigenvectors(X: Array, mu: Array, Sigma: Array) -> Array:
    values, vectors = np.linalg.eigh(Sigma)
    turned = np.einsum("kij,nki->nkj", vectors, X[:, None] - mu)
    return -0.5 * (np.sum(turned**2 / values, axis=-1) + constant(Sigma))


def by_expanded_square(X: Array, mu: Array, Sigma: Array) -> Array:
    inverse = np.linalg.inv(Sigma)
    square = np.einsum("ni,kij,nj->nk", X, inverse, X) - 2 * np.einsum("ni,kij,kj->nk", X, inverse, mu)
    return -0.5 * (square + np.einsum("ki,kij,kj->k", mu, inverse, mu) + constant(Sigma))


def constant(Sigma: Array) -> Array:
    return np.log(np.linalg.det(2 * np.pi * Sigma))


LOG_DENSITIES: tuple[LogDensities, ...] = (by_inverse, by_eigenvectors, by_expanded_square)


def responsibilities(log_density: LogDensities, X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Straight from the definition: densities, not their logarithms."""
    joint = pi * np.exp(log_density(X, mu, Sigma))
    return joint / joint.sum(axis=1, keepdims=True)


def grad_mu(log_density: LogDensities, X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    r = responsibilities(log_density, X, pi, mu, Sigma)
    return np.einsum("kij,kj->ki", np.linalg.inv(Sigma), np.einsum("nk,nki->ki", r, X[:, None] - mu))


def grad_pi(log_density: LogDensities, X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    return responsibilities(log_density, X, pi, mu, Sigma).sum(axis=0) / pi


def grad_pi_constrained(log_density: LogDensities, X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    g = grad_pi(log_density, X, pi, mu, Sigma)
    return g - np.mean(g)


def grad_logits(log_density: LogDensities, X: Array, logits: Array, mu: Array, Sigma: Array) -> Array:
    pi = np.exp(logits) / np.exp(logits).sum()
    return (np.diag(pi) - np.outer(pi, pi)) @ grad_pi(log_density, X, pi, mu, Sigma)


def grad_Sigma(log_density: LogDensities, X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:  # noqa: N802 - the assignment's name
    r, inverse = responsibilities(log_density, X, pi, mu, Sigma), np.linalg.inv(Sigma)
    solved = np.einsum("kij,nkj->nki", inverse, X[:, None] - mu)
    gradient = 0.5 * (np.einsum("nk,nki,nkj->kij", r, solved, solved) - r.sum(axis=0)[:, None, None] * inverse)
    return (gradient + np.swapaxes(gradient, 1, 2)) / 2


def grad_cholesky(log_density: LogDensities, X: Array, pi: Array, mu: Array, L: Array) -> Array:
    return np.tril(2 * grad_Sigma(log_density, X, pi, mu, L @ np.swapaxes(L, 1, 2)) @ L)


def softmax_backward(z: Array, y_bar: Array) -> tuple[Any, Array]:
    e = np.exp(z)
    r = e.sum()
    r_bar = -(y_bar * e).sum() / r**2
    return r_bar, y_bar * e / r + r_bar * e


def softmax_VJP(Z: Array, Y_bar: Array) -> Array:  # noqa: N802 - the assignment's name
    E = np.exp(Z)
    R = E.sum(axis=1, keepdims=True)
    return Y_bar * E / R - (Y_bar * E).sum(axis=1, keepdims=True) / R**2 * E


def ways(problem: str) -> list[Callable[..., Any]]:
    """Every right function for a problem."""
    if problem in {"softmax_backward", "softmax_VJP"}:
        return [globals()[problem]]
    function = globals()[problem]
    return [lambda *a, way=way: function(way, *a) for way in LOG_DENSITIES]
