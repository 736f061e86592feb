"""Mistakes of the small rubric that the tests break."""

from .answers import free_gradient


def no_weight(X, pi, Sigma):
    gradient = free_gradient(X, pi, Sigma) * pi
    return gradient - gradient.mean()
