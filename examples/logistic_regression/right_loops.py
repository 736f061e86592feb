# One sample after the other.
import math

import numpy as np


def sigmoid(z):
    if z >= 0:
        return 1 / (1 + math.exp(-z))
    e = math.exp(z)
    return e / (1 + e)


def logistic_gradient(X, y, w, b, lam):
    N, d = X.shape
    w_bar = np.zeros(d)
    b_bar = 0.0
    for n in range(N):
        z = b
        for i in range(d):
            z += X[n, i] * w[i]
        error = sigmoid(z) - y[n]
        for i in range(d):
            w_bar[i] += error * X[n, i]
        b_bar += error
    for i in range(d):
        w_bar[i] = w_bar[i] / N + lam * w[i]
    return w_bar, b_bar / N


def hessian_vector_product(X, y, w, b, lam, v):
    N, d = X.shape
    Hv = np.zeros(d)
    for n in range(N):
        p = sigmoid(X[n] @ w + b)
        Hv += p * (1 - p) * (X[n] @ v) * X[n]
    return Hv / N + lam * v
