# -*- coding: utf-8 -*-
import numpy as np


class GMM:
    def __init__(self, pi, mu, Sigma):
        self.pi, self.mu, self.Sigma = pi, mu, Sigma
        self.K, self.d = mu.shape
        self.inv = [np.linalg.inv(S) for S in Sigma]

    def logpdf(self, x, k):
        e = x - self.mu[k]
        return -0.5 * (self.d * np.log(2 * np.pi) + np.linalg.slogdet(self.Sigma[k])[1] + e @ self.inv[k] @ e)

    def posterior(self, x):
        """p(k | x) for all k"""
        a = np.array([np.log(self.pi[k]) + self.logpdf(x, k) for k in range(self.K)])
        a = np.exp(a - a.max())
        return a / a.sum()


def grad_mu(X, pi, mu, Sigma):
    model = GMM(pi, mu, Sigma)
    g = np.zeros(mu.shape)
    for x in X:
        r = model.posterior(x)
        for k in range(model.K):
            g[k] += r[k] * model.inv[k] @ (x - mu[k])
    return g


def grad_pi(X, pi, mu, Sigma):
    model = GMM(pi, mu, Sigma)
    return sum(model.posterior(x) / pi for x in X)


def grad_pi_constrained(X, pi, mu, Sigma):
    model = GMM(pi, mu, Sigma)
    g = sum(model.posterior(x) / pi for x in X)
    lagrange = g.sum() / model.K
    return g - lagrange


def softmax_backward(z, y_bar):
    shift = np.amax(z)
    u = np.exp(z - shift)
    r = np.sum(u)
    # dy_i/dr = -exp(z_i)/r^2
    r_bar = np.sum(-y_bar * u / r**2)
    z_bar = y_bar * u / r + r_bar * u
    return r_bar * np.exp(-shift), z_bar


def softmax_VJP(Z, Y_bar):
    Z_bar = np.zeros(Z.shape)
    for n in range(len(Z)):
        u = np.exp(Z[n] - np.amax(Z[n]))
        y = u / np.sum(u)
        Z_bar[n] = y * (Y_bar[n] - np.mean(Y_bar[n]))
    return Z_bar
