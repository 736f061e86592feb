import numpy as np


def softmax(a, axis=-1):
    """Numerically stable softmax."""
    e = np.exp(a - np.max(a, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def log_gaussians(X, mu, Sigma):
    """(N, K) matrix of log N(x_n | mu_k, Sigma_k)."""
    diff = X[:, None, :] - mu[None, :, :]                          # N K d
    sol = np.linalg.solve(Sigma[None], diff[..., None])[..., 0]    # N K d
    quad = np.sum(diff * sol, axis=-1)
    _, logdet = np.linalg.slogdet(2 * np.pi * Sigma)
    return -0.5 * (quad + logdet)


def grad_mu(X, pi, mu, Sigma):
    r = softmax(np.log(pi) + log_gaussians(X, mu, Sigma))
    diff = X[:, None, :] - mu[None, :, :]
    sol = np.linalg.solve(Sigma[None], diff[..., None])[..., 0]
    return np.sum(r[..., None] * sol, axis=0)


def grad_pi(X, pi, mu, Sigma):
    r = softmax(np.log(pi) + log_gaussians(X, mu, Sigma))
    return np.sum(r / pi, axis=0)


def grad_pi_constrained(X, pi, mu, Sigma):
    r = softmax(np.log(pi) + log_gaussians(X, mu, Sigma))
    g = np.sum(r / pi, axis=0)
    lam = np.mean(g)
    return g - lam


def softmax_backward(z, y_bar):
    y = softmax(z)
    log_r = np.max(z) + np.log(np.sum(np.exp(z - np.max(z))))
    r_bar = -np.sum(y_bar * y) * np.exp(-log_r)
    z_bar = y_bar * y
    return r_bar, z_bar


def softmax_VJP(Z, Y_bar):
    Y = softmax(Z)
    return Y * (Y_bar - np.sum(Y_bar * Y, axis=1, keepdims=True))
