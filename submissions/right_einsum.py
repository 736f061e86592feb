import numpy as np
from numpy import einsum


def logsumexp(a, axis):
    m = np.max(a, axis=axis, keepdims=True)
    return m + np.log(np.sum(np.exp(a - m), axis=axis, keepdims=True))


def mixture(X, pi, mu, Sigma):
    # P[k] is the precision matrix of component k
    P = np.linalg.inv(Sigma)
    D = X[:, None] - mu[None]
    q = einsum("nki,kij,nkj->nk", D, P, D)
    logN = -0.5 * (q + np.linalg.slogdet(Sigma)[1] + X.shape[1] * np.log(2 * np.pi))
    logpx = logsumexp(logN + np.log(pi), axis=1)
    return P, D, logN, logpx


def grad_mu(X, pi, mu, Sigma):
    P, D, logN, logpx = mixture(X, pi, mu, Sigma)
    r = pi * np.exp(logN - logpx)
    return einsum("nk,kij,nkj->ki", r, P, D)


def grad_pi(X, pi, mu, Sigma):
    _, _, logN, logpx = mixture(X, pi, mu, Sigma)
    return einsum("nk->k", np.exp(logN - logpx))


def grad_pi_constrained(X, pi, mu, Sigma):
    g = grad_pi(X, pi, mu, Sigma)
    K = g.size
    # projection onto the plane of vectors whose entries sum to zero
    return (np.eye(K) - np.ones((K, K)) / K) @ g


def softmax_backward(z, y_bar):
    lse = logsumexp(z, axis=0)
    y = np.exp(z - lse)
    r_bar = -einsum("i,i->", y_bar, np.exp(z - 2 * lse))
    z_bar = einsum("i,i->i", y_bar, y) - einsum("i,i,j->j", y_bar, y, y)
    return r_bar, z_bar


def softmax_VJP(Z, Y_bar):
    Y = np.exp(Z - logsumexp(Z, axis=1))
    return einsum("nc,nc->nc", Y, Y_bar) - einsum("nc,ni,ni->nc", Y, Y, Y_bar)
