import numpy as np

# Homework 1


def log_joint(X, pi, mu, Sigma):
    N, d = X.shape
    K = len(pi)
    out = np.empty((N, K))
    for k in range(K):
        diff = X - mu[k]
        sol = np.linalg.solve(Sigma[k], diff.T).T
        maha = (diff * sol).sum(axis=1)
        logdet = np.linalg.slogdet(Sigma[k])[1]
        out[:, k] = np.log(pi[k]) - 0.5 * (maha + logdet + d * np.log(2 * np.pi))
    return out


def resp(X, pi, mu, Sigma):
    lj = log_joint(X, pi, mu, Sigma)
    lj -= lj.max(axis=1, keepdims=True)
    r = np.exp(lj)
    return r / r.sum(axis=1, keepdims=True)


def grad_mu(X, pi, mu, Sigma):
    r = resp(X, pi, mu, Sigma)
    grad = np.zeros(mu.shape)
    for k in range(len(pi)):
        diff = X - mu[k]
        grad[k] = np.linalg.solve(Sigma[k], (r[:, k, None] * diff).sum(axis=0))
    return grad


def grad_pi(X, pi, mu, Sigma):
    return resp(X, pi, mu, Sigma).sum(axis=0) / pi


def grad_pi_constrained(X, pi, mu, Sigma):
    g = grad_pi(X, pi, mu, Sigma)
    lam = g.sum()
    return g - lam


def softmax_backward(z, y_bar):
    m = z.max()
    r = np.exp(z - m).sum()      # times exp(m)
    y = np.exp(z - m) / r
    r_bar = -(y_bar * y).sum() / r * np.exp(-m)
    z_bar = y_bar * y - (y_bar * y).sum() * y
    return r_bar, z_bar


def softmax_VJP(Z, Y_bar):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    R = E.sum(axis=1, keepdims=True)
    R_bar = -(Y_bar * E).sum(axis=1, keepdims=True) / R**2
    return Y_bar * E / R + R_bar * E
