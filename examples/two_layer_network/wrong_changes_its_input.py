# Right, but ReLU and tanh work in place, in the cotangents that they were given.
import numpy as np


def linear_VJP(X, W, b, Y_bar):
    return Y_bar @ W.T, X.T @ Y_bar, Y_bar.sum(axis=0)


def relu_VJP(Z, Y_bar):
    Y_bar[Z < 0] = 0
    return Y_bar


def tanh_VJP(Z, Y_bar):
    Y_bar *= 1 - np.tanh(Z) ** 2
    return Y_bar


def cross_entropy_gradient(Z, T):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return (E / E.sum(axis=1, keepdims=True) - T) / len(Z)


def network_gradient(X, T, W1, b1, W2, b2):
    Z1 = X @ W1 + b1
    H = np.tanh(Z1)
    Z2_bar = cross_entropy_gradient(H @ W2 + b2, T)
    Z1_bar = tanh_VJP(Z1, Z2_bar @ W2.T)
    return X.T @ Z1_bar, Z1_bar.sum(axis=0), H.T @ Z2_bar, Z2_bar.sum(axis=0)
