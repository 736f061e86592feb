# The five derivations of docs/cs280_hw1.md, a function a line. A derivative that a line only names is taken numerically.
import numpy as np


def densities(X, mu, Sigma):
    # N(x_n | mu_k, Sigma_k), shape (N, K)
    E = X[:, None, :] - mu
    quadratic = np.einsum("nki,kij,nkj->nk", E, np.linalg.inv(Sigma), E)
    return np.exp(-quadratic / 2) / np.sqrt(np.linalg.det(2 * np.pi * Sigma))


def mixture(X, pi, mu, Sigma):
    # P(x_n), shape (N,)
    return densities(X, mu, Sigma) @ pi


def responsibilities(X, pi, mu, Sigma):
    return pi * densities(X, mu, Sigma) / mixture(X, pi, mu, Sigma)[:, None]


def slope(f, x, h=1e-5):
    # df/dx by central differences; the axes of x come last
    x = np.asarray(x, dtype=float)
    columns = []
    for i in range(x.size):
        step = np.zeros(x.size)
        step[i] = h
        step = step.reshape(x.shape)
        columns.append((np.asarray(f(x + step)) - np.asarray(f(x - step))) / (2 * h))
    return np.moveaxis(np.array(columns), 0, -1).reshape(np.shape(columns[0]) + x.shape)


# 1. The means


def mu_chain_rule(X, pi, mu, Sigma):
    dP = slope(lambda m: mixture(X, pi, m, Sigma), mu)
    return np.einsum("n,nkd->kd", 1 / mixture(X, pi, mu, Sigma), dP)


def mu_density_differentiated(X, pi, mu, Sigma):
    weight = pi * densities(X, mu, Sigma) / mixture(X, pi, mu, Sigma)[:, None]
    return np.einsum("nk,nki,kij->kj", weight, X[:, None, :] - mu, np.linalg.inv(Sigma))


def mu_by_responsibilities(X, pi, mu, Sigma):
    r = responsibilities(X, pi, mu, Sigma)
    return np.array([np.linalg.solve(Sigma[k], (X - mu[k]).T) @ r[:, k] for k in range(len(pi))])


grad_mu_steps = [mu_chain_rule, mu_density_differentiated, mu_by_responsibilities]


# 2. The weights


def pi_chain_rule(X, pi, mu, Sigma):
    return (1 / mixture(X, pi, mu, Sigma)) @ slope(lambda p: mixture(X, p, mu, Sigma), pi)


def pi_density_ratio(X, pi, mu, Sigma):
    return np.sum(densities(X, mu, Sigma) / mixture(X, pi, mu, Sigma)[:, None], axis=0)


def pi_by_responsibilities(X, pi, mu, Sigma):
    return np.sum(responsibilities(X, pi, mu, Sigma), axis=0) / pi


grad_pi_steps = [pi_chain_rule, pi_density_ratio, pi_by_responsibilities]


# 3. The weights within the simplex


def lagrangian_differentiated(X, pi, mu, Sigma, lam):
    return slope(lambda p: np.sum(np.log(mixture(X, p, mu, Sigma))) + lam * (1 - np.sum(p)), pi)


def lagrangian_term_by_term(X, pi, mu, Sigma, lam):
    return pi_density_ratio(X, pi, mu, Sigma) - lam


def lagrangian_by_responsibilities(X, pi, mu, Sigma, lam):
    return np.sum(responsibilities(X, pi, mu, Sigma), axis=0) / pi - lam


dL_dpi_steps = [lagrangian_differentiated, lagrangian_term_by_term, lagrangian_by_responsibilities]


def multiplier_as_mean(X, pi, mu, Sigma, lam):
    return np.mean(pi_density_ratio(X, pi, mu, Sigma))


def multiplier_by_responsibilities(X, pi, mu, Sigma, lam):
    return np.sum(responsibilities(X, pi, mu, Sigma) / pi) / len(pi)


multiplier_steps = [multiplier_as_mean, multiplier_by_responsibilities]


def constrained_by_multiplier(X, pi, mu, Sigma, lam):
    return lagrangian_term_by_term(X, pi, mu, Sigma, multiplier_as_mean(X, pi, mu, Sigma, lam))


def constrained_as_projection(X, pi, mu, Sigma, lam):
    K = len(pi)
    return (np.eye(K) - np.ones((K, K)) / K) @ pi_by_responsibilities(X, pi, mu, Sigma)


def constrained_by_responsibilities(X, pi, mu, Sigma, lam):
    r = responsibilities(X, pi, mu, Sigma)
    return np.sum(r, axis=0) / pi - np.sum(r / pi) / len(pi)


grad_pi_constrained_steps = [constrained_by_multiplier, constrained_as_projection, constrained_by_responsibilities]


# 4. Through the graph r = sum_j exp(z_j), y_i = exp(z_i) / r; first for two outputs


def r_bar_of_two_paths(z, y_bar):
    r = np.sum(np.exp(z))
    return sum(y_bar[i] * slope(lambda s, i=i: np.exp(z[i]) / s, r) for i in (0, 1))


def r_bar_of_two_written_out(z, y_bar):
    r = np.sum(np.exp(z))
    return -y_bar[0] * np.exp(z[0]) / r**2 - y_bar[1] * np.exp(z[1]) / r**2


r_bar_of_two_steps = [r_bar_of_two_paths, r_bar_of_two_written_out]


def z_bar_of_two_paths(z, y_bar):
    r, r_bar = np.sum(np.exp(z)), r_bar_of_two_written_out(z, y_bar)
    dy = [slope(lambda v: np.exp(v) / r, z[j]) for j in (0, 1)]
    dr = [slope(lambda v, j=j: np.exp(v) + np.exp(z[1 - j]), z[j]) for j in (0, 1)]
    return np.array([y_bar[j] * dy[j] + r_bar * dr[j] for j in (0, 1)])


def z_bar_of_two_written_out(z, y_bar):
    r, r_bar = np.sum(np.exp(z)), r_bar_of_two_written_out(z, y_bar)
    return np.array([y_bar[j] * np.exp(z[j]) / r + r_bar * np.exp(z[j]) for j in (0, 1)])


z_bar_of_two_steps = [z_bar_of_two_paths, z_bar_of_two_written_out]


def r_bar_over_all_outputs(z, y_bar):
    return y_bar @ slope(lambda s: np.exp(z) / s, np.sum(np.exp(z)))


def r_bar_written_out(z, y_bar):
    return -np.sum(y_bar * np.exp(z)) / np.sum(np.exp(z)) ** 2


def r_bar_by_outputs(z, y_bar):
    r = np.sum(np.exp(z))
    return -(y_bar @ (np.exp(z) / r)) / r


r_bar_steps = [r_bar_over_all_outputs, r_bar_written_out, r_bar_by_outputs]


def z_bar_two_paths(z, y_bar):
    return y_bar * np.exp(z) / np.sum(np.exp(z)) + r_bar_written_out(z, y_bar) * np.exp(z)


def z_bar_by_outputs(z, y_bar):
    y = np.exp(z) / np.sum(np.exp(z))
    return y * (y_bar - np.sum(y_bar * y))


z_bar_steps = [z_bar_two_paths, z_bar_by_outputs]


# 5. All rows at once


def R_bar_written_out(Z, Y_bar):
    R = np.sum(np.exp(Z), axis=1, keepdims=True)
    return -np.sum(Y_bar * np.exp(Z), axis=1, keepdims=True) / R**2


def R_bar_by_outputs(Z, Y_bar):
    R = np.sum(np.exp(Z), axis=1, keepdims=True)
    return -np.sum(Y_bar * np.exp(Z) / R, axis=1, keepdims=True) / R


R_bar_steps = [R_bar_written_out, R_bar_by_outputs]


def Z_bar_two_paths(Z, Y_bar):
    R = np.sum(np.exp(Z), axis=1, keepdims=True)
    return Y_bar * (np.exp(Z) / R) + R_bar_written_out(Z, Y_bar) * np.exp(Z)


def Z_bar_by_outputs(Z, Y_bar):
    Y = np.exp(Z) / np.sum(np.exp(Z), axis=1, keepdims=True)
    return Y * (Y_bar - np.sum(Y_bar * Y, axis=1, keepdims=True))


Z_bar_steps = [Z_bar_two_paths, Z_bar_by_outputs]
