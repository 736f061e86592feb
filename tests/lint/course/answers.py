"""Trusted answers of the small rubric that the tests break."""

import numpy as np


def log_densities(X, Sigma):
    quadratic = np.einsum("nd,kde,ne->nk", X, np.linalg.inv(Sigma), X)
    return -0.5 * (quadratic + np.linalg.slogdet(2 * np.pi * Sigma)[1])


def log_likelihood(X, pi, Sigma):
    return np.sum(np.log(np.exp(log_densities(X, Sigma)) @ pi))


def free_gradient(X, pi, Sigma):
    densities = np.exp(log_densities(X, Sigma))
    return np.sum(densities / (densities @ pi)[:, None], axis=0)


def multiplier(X, pi, Sigma):
    return np.full_like(pi, -np.mean(free_gradient(X, pi, Sigma)))


def grad_pi(X, pi, Sigma):
    return free_gradient(X, pi, Sigma) + multiplier(X, pi, Sigma)


def total(u, X):
    return np.sum(u) + np.sum(X**2)


def scaled(u, total):
    return u * total


def backward(u, X):
    return u * total(u, X), X.T @ (u[:, None] * X)


def fails(X, pi, Sigma):
    raise ValueError("no answer")


def overflows(X, pi, Sigma):
    return grad_pi(X, pi, Sigma) * np.inf


def zero(X, pi, Sigma):
    return np.zeros_like(pi)


def half(X, pi, Sigma):
    return 0.5 * grad_pi(X, pi, Sigma)


def column(X, pi, Sigma):
    return grad_pi(X, pi, Sigma)[:, None]


def hungry(X, pi, Sigma):
    return grad_pi(X, pi, Sigma) + np.ones(1 << 26).mean() - 1


def long(u):
    return np.arange(1000) * u.sum()


def one_value(u, X):
    return u * total(u, X)


def oscillates(X, pi, Sigma):
    return np.sin(1e13 * grad_pi(X, pi, Sigma))


def mass(X, pi, Sigma):
    return 3.0 * np.sum(pi)


def constant(X, pi, Sigma):
    return np.full_like(pi, 3.0)


def only_here(X, pi, Sigma):
    if __name__.startswith("trusted_answers"):
        raise OSError("no such file")
    return grad_pi(X, pi, Sigma)


def needs_more(X, pi, Sigma, mu):
    return mu


def other_order(pi, X, Sigma):
    return pi


def same_as_grad_pi(X, pi, Sigma):
    return grad_pi(X, pi, Sigma)
