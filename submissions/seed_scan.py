# CS280 HW1, transcribed from the scanned answer as it stands.
import numpy as np


def responsibilities(X, pi, mu, Sigma):
    # r_nk = pi_k N(X_n | mu_k, Sigma_k) / sum_k pi_k N(X_n | mu_k, Sigma_k)
    N, d = X.shape
    K = len(pi)
    log_r = np.zeros((N, K))
    for k in range(K):
        diff = X - mu[k]
        m = np.sum(diff * np.linalg.solve(Sigma[k], diff.T).T, axis=1)
        log_r[:, k] = np.log(pi[k]) - 0.5 * (m + np.linalg.slogdet(Sigma[k])[1] + d * np.log(2 * np.pi))
    log_r = log_r - log_r.max(axis=1, keepdims=True)
    r = np.exp(log_r)
    return r / r.sum(axis=1, keepdims=True)


# 1 (1)
def grad_mu(X, pi, mu, Sigma):
    r = responsibilities(X, pi, mu, Sigma)
    grad = np.zeros(mu.shape)
    for k in range(len(pi)):
        grad[k] = np.linalg.solve(Sigma[k], (X - mu[k]).T) @ r[:, k]
    return grad


# 1 (2), without constraints
def grad_pi(X, pi, mu, Sigma):
    return responsibilities(X, pi, mu, Sigma).sum(axis=0)


# 1 (2), with constraints: lambda = N / K
def grad_pi_constrained(X, pi, mu, Sigma):
    N, K = len(X), len(pi)
    return responsibilities(X, pi, mu, Sigma).sum(axis=0) - N / K


# 2 (b), the general formulas
def softmax_backward(z, y_bar):
    r = np.sum(np.exp(z))
    r_bar = -y_bar * np.exp(z) / r**2
    z_bar = y_bar * np.exp(z) / r + r_bar * np.exp(z)
    return r_bar, z_bar


# 2 (c)
def softmax_VJP(Z, Y_bar):
    R = np.sum(np.exp(Z), axis=1, keepdims=True)
    R_bar = -np.sum(I_bar * np.exp(Z), axis=1, keepdims=True) / R**2
    Z_bar = Y_bar * (np.exp(Z) / R) + R_bar * np.exp(Z)
    return Z_bar
