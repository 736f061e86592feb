"""HW1. Plain loops, so that every line is a line of the derivation."""
import math

import numpy as np


def log_gauss(x, m, S):
    d = len(x)
    S_inv = np.linalg.inv(S)
    e = x - m
    sign, logdet = np.linalg.slogdet(S)
    return -0.5 * (e @ S_inv @ e) - 0.5 * logdet - 0.5 * d * math.log(2 * math.pi)


def log_sum_exp(values):
    top = max(values)
    total = 0.0
    for v in values:
        total += math.exp(v - top)
    return top + math.log(total)


def log_parts(X, pi, mu, Sigma):
    """log N(x_n|k) as a matrix, log P(x_n) as a vector"""
    N, K = len(X), len(pi)
    logN = np.zeros((N, K))
    logP = np.zeros(N)
    for n in range(N):
        for k in range(K):
            logN[n, k] = log_gauss(X[n], mu[k], Sigma[k])
        logP[n] = log_sum_exp([math.log(pi[k]) + logN[n, k] for k in range(K)])
    return logN, logP


def grad_mu(X, pi, mu, Sigma):
    logN, logP = log_parts(X, pi, mu, Sigma)
    K, d = mu.shape
    g = np.zeros((K, d))
    for k in range(K):
        S_inv = np.linalg.inv(Sigma[k])
        for n in range(len(X)):
            r_nk = math.exp(math.log(pi[k]) + logN[n, k] - logP[n])
            g[k] += r_nk * (S_inv @ (X[n] - mu[k]))
    return g


def grad_pi(X, pi, mu, Sigma):
    logN, logP = log_parts(X, pi, mu, Sigma)
    g = np.zeros(len(pi))
    for k in range(len(pi)):
        for n in range(len(X)):
            g[k] += math.exp(logN[n, k] - logP[n])
    return g


def grad_pi_constrained(X, pi, mu, Sigma):
    g = grad_pi(X, pi, mu, Sigma)
    lam = sum(g) / len(g)
    for k in range(len(g)):
        g[k] -= lam
    return g


def softmax(z):
    top = max(z)
    e = [math.exp(v - top) for v in z]
    s = sum(e)
    return [v / s for v in e], top, s


def softmax_backward(z, y_bar):
    y, top, s = softmax(z)
    n = len(z)
    inner = 0.0
    for i in range(n):
        inner += y_bar[i] * y[i]
    # r = s * exp(top)
    r_bar = -inner / s * math.exp(-top)
    z_bar = np.zeros(n)
    for j in range(n):
        z_bar[j] = y[j] * y_bar[j] - y[j] * inner
    return float(r_bar), z_bar


def softmax_VJP(Z, Y_bar):
    out = np.zeros(Z.shape)
    for i in range(Z.shape[0]):
        y, _, _ = softmax(Z[i])
        y = np.array(y)
        J = np.diag(y) - np.outer(y, y)
        out[i] = J @ Y_bar[i]
    return out
