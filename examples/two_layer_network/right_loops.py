# One sample after the other, in loops and with Jacobians written down; the loss through its probabilities.
import math

import numpy as np


def linear_VJP(X, W, b, Y_bar):
    N, d = X.shape
    h = len(b)
    X_bar, W_bar, b_bar = np.zeros((N, d)), np.zeros((d, h)), np.zeros(h)
    for n in range(N):
        for j in range(h):
            b_bar[j] += Y_bar[n, j]
            for i in range(d):
                X_bar[n, i] += Y_bar[n, j] * W[i, j]
                W_bar[i, j] += X[n, i] * Y_bar[n, j]
    return X_bar, W_bar, b_bar


def relu_VJP(Z, Y_bar):
    Z_bar = np.zeros(Z.shape)
    for n, j in np.ndindex(Z.shape):
        if Z[n, j] > 0:
            Z_bar[n, j] = Y_bar[n, j]
    return Z_bar


def sech2(z):
    e = math.exp(-2 * abs(z))
    return 4 * e / (1 + e) ** 2


def tanh_VJP(Z, Y_bar):
    return np.array([[sech2(z) * g for z, g in zip(*row)] for row in zip(Z, Y_bar)])


def softmax(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()


def cross_entropy_gradient(Z, T):
    N, C = Z.shape
    Z_bar = np.zeros((N, C))
    for n in range(N):
        p = softmax(Z[n])
        k = int(np.argmax(T[n]))
        # d(-log p_k)/dz = -(1/p_k) p_k (e_k - p)
        Z_bar[n] = -(np.eye(C)[k] - p) / N
    return Z_bar


def network_gradient(X, T, W1, b1, W2, b2):
    N = len(X)
    bars = [np.zeros(a.shape) for a in (W1, b1, W2, b2)]
    for x, t in zip(X, T):
        z = W1.T @ x + b1
        h = np.tanh(z)
        delta2 = (softmax(W2.T @ h + b2) - t) / N
        J = np.diag([sech2(v) for v in z])
        delta1 = J @ W2 @ delta2
        for bar, more in zip(bars, (np.outer(x, delta1), delta1, np.outer(h, delta2), delta2)):
            bar += more
    return tuple(bars)
