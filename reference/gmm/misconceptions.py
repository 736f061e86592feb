"""Mistakes in the mixture's gradients in mu and pi: each function has the problem's signature and makes just one.

What a student who makes it is told stands in the rubric.
"""

import numpy as np

from ..precision import widened
from ..tap import Array
from . import answers
from .forward import log_densities, responsibilities


def _solved_residuals(X: Array, mu: Array, Sigma: Array) -> Array:
    # Sigma_k^-1 (x_n - mu_k), shape (N, K, d).
    X, mu, Sigma = widened(X, mu, Sigma)
    solved: Array = np.linalg.solve(Sigma, (X[:, np.newaxis, :] - mu)[..., np.newaxis])[..., 0]
    return solved


def _weighted_sum(weight: Array, vectors: Array) -> Array:
    # sum_n weight_nk vector_nk, shape (K, d).
    total: Array = np.einsum("nk,nkd->kd", weight, vectors)
    return total


def _joint_over_samples(log_density: Array, pi: Array) -> Array:
    # pi_k N_nk / sum_m pi_k N_mk: normalised down the columns, where each row is due.
    log_joint = log_density + np.log(pi)
    log_joint = log_joint - np.max(log_joint, axis=0)
    weight: Array = np.exp(log_joint) / np.sum(np.exp(log_joint), axis=0)
    return weight


# grad_mu -------------------------------------------------------------------------------------------------------------


def mu_without_inverse(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return sum_n r_nk (x_n - mu_k)."""
    X, pi, mu, Sigma = widened(X, pi, mu, Sigma)
    return _weighted_sum(responsibilities(X, pi, mu, Sigma), X[:, np.newaxis, :] - mu)


def mu_with_wrong_sign(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return sum_n r_nk Sigma_k^-1 (mu_k - x_n)."""
    return -answers.grad_mu(X, pi, mu, Sigma)


def mu_without_weights(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return sum_n r_nk Sigma_k^-1 (x_n - mu_k) with r_nk = N_nk / sum_j N_nj."""
    return _weighted_sum(responsibilities(X, np.ones_like(pi), mu, Sigma), _solved_residuals(X, mu, Sigma))


def mu_averaged_over_samples(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return the mean over the samples where the sum is due."""
    return answers.grad_mu(X, pi, mu, Sigma) / len(X)


def mu_averaged_by_occupation(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return the gradient divided by sum_n r_nk, as in the M step of EM."""
    occupation = np.sum(responsibilities(X, pi, mu, Sigma), axis=0)
    # Where a component owns nothing at all, 0/0 would be nan; the smallest normal number leaves 0.
    least = np.finfo(occupation.dtype).tiny
    mean: Array = answers.grad_mu(X, pi, mu, Sigma) / np.maximum(occupation, least)[:, np.newaxis]
    return mean


def mu_with_sigma_for_inverse(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return sum_n r_nk Sigma_k (x_n - mu_k)."""
    X, pi, mu, Sigma = widened(X, pi, mu, Sigma)
    turned = np.einsum("kij,nkj->nki", Sigma, X[:, np.newaxis, :] - mu)
    return _weighted_sum(responsibilities(X, pi, mu, Sigma), turned)


def mu_with_joint_densities(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return sum_n pi_k N_nk Sigma_k^-1 (x_n - mu_k): the factor 1/P(x_n) is missing."""
    joint = pi * np.exp(log_densities(X, mu, Sigma))
    return _weighted_sum(joint, _solved_residuals(X, mu, Sigma))


def mu_normalised_over_samples(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return the gradient with responsibilities whose columns sum to 1."""
    X, pi, mu, Sigma = widened(X, pi, mu, Sigma)
    weight = _joint_over_samples(log_densities(X, mu, Sigma), pi)
    return _weighted_sum(weight, _solved_residuals(X, mu, Sigma))


def mu_without_responsibilities(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:  # noqa: ARG001 - has the problem's signature
    """Return sum_n Sigma_k^-1 (x_n - mu_k), as if every component owned every sample."""
    total: Array = np.sum(_solved_residuals(X, mu, Sigma), axis=0)
    return total


def mu_with_prior_for_responsibilities(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return sum_n pi_k Sigma_k^-1 (x_n - mu_k)."""
    total: Array = pi[:, np.newaxis] * np.sum(_solved_residuals(X, mu, Sigma), axis=0)
    return total


def mu_with_diagonal_only(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return the gradient for the diagonals of the covariances."""
    return answers.grad_mu(X, pi, mu, Sigma * np.eye(Sigma.shape[-1], dtype=Sigma.dtype))


def mu_doubled(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return twice the gradient: the 1/2 of the exponent is lost."""
    return 2 * answers.grad_mu(X, pi, mu, Sigma)


# grad_pi -------------------------------------------------------------------------------------------------------------


def pi_times_pi(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return sum_n r_nk: the factor 1/pi_k is missing."""
    total: Array = np.sum(responsibilities(X, pi, mu, Sigma), axis=0)
    return total


def pi_averaged_over_samples(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return the mean over the samples where the sum is due."""
    return answers.grad_pi(X, pi, mu, Sigma) / len(X)


def pi_with_wrong_sign(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return minus the gradient."""
    return -answers.grad_pi(X, pi, mu, Sigma)


def pi_divided_twice(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return sum_n r_nk / pi_k^2."""
    return answers.grad_pi(X, pi, mu, Sigma) / pi


def pi_normalised_over_samples(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return sum_n r_nk / pi_k with responsibilities whose columns sum to 1."""
    X, pi, mu, Sigma = widened(X, pi, mu, Sigma)
    total: Array = np.sum(_joint_over_samples(log_densities(X, mu, Sigma), pi), axis=0)
    return total / pi


def pi_without_mixture_density(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:  # noqa: ARG001 - has the problem's signature
    """Return sum_n N_nk: the factor 1/P(x_n) is missing."""
    total: Array = np.sum(np.exp(log_densities(X, mu, Sigma)), axis=0)
    return total


def pi_constrained(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return the gradient within the simplex where the entries of pi are independent."""
    return answers.grad_pi_constrained(X, pi, mu, Sigma)


def pi_without_weights(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return sum_n r_nk / pi_k with r_nk = N_nk / sum_j N_nj."""
    total: Array = np.sum(responsibilities(X, np.ones_like(pi), mu, Sigma), axis=0)
    return total / pi


# grad_pi_constrained -------------------------------------------------------------------------------------------------


def constrained_is_free(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return the gradient without the constraint."""
    return answers.grad_pi(X, pi, mu, Sigma)


def constrained_without_1_over_pi(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return sum_n r_nk - N/K: right from a gradient that lacks 1/pi_k."""
    return pi_times_pi(X, pi, mu, Sigma) - len(X) / len(pi)


def constrained_minus_sum(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return the gradient minus the sum of its entries, where their mean is due."""
    free = answers.grad_pi(X, pi, mu, Sigma)
    gradient: Array = free - np.sum(free)
    return gradient


def constrained_minus_count(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return sum_n r_nk / pi_k - N: the multiplier at the optimum, which is the mean weighted by pi."""
    return answers.grad_pi(X, pi, mu, Sigma) - len(X)


def constrained_in_logits(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return sum_n r_nk - N pi_k: the gradient in the logits of pi."""
    (weight,) = widened(pi)
    return pi_times_pi(X, pi, mu, Sigma) - len(X) * weight


def constrained_is_normalised(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return the gradient divided by the sum of its entries."""
    free = answers.grad_pi(X, pi, mu, Sigma)
    share: Array = free / np.sum(free)
    return share


def constrained_with_wrong_sign(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return minus the gradient within the simplex."""
    return -answers.grad_pi_constrained(X, pi, mu, Sigma)


def constrained_averaged_over_samples(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return the mean over the samples where the sum is due."""
    return answers.grad_pi_constrained(X, pi, mu, Sigma) / len(X)


def constrained_is_em_step(X: Array, pi: Array, mu: Array, Sigma: Array) -> Array:
    """Return sum_n r_nk / N: the weights that maximise the next EM bound, not a gradient."""
    return pi_times_pi(X, pi, mu, Sigma) / len(X)
