# The whole is the chain of the parts.
import numpy as np


def linear_VJP(X, W, b, Y_bar):
    return np.dot(Y_bar, W.T), np.dot(X.T, Y_bar), np.dot(np.ones(len(X)), Y_bar)


def relu_VJP(Z, Y_bar):
    return Y_bar * (Z > 0)


def tanh_VJP(Z, Y_bar):
    Y = np.tanh(Z)
    return (1 - Y**2) * Y_bar


def cross_entropy_gradient(Z, T):
    shifted = Z - Z.max(axis=1, keepdims=True)
    P = np.exp(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))
    return P / len(Z) - T / len(Z)


def network_gradient(X, T, W1, b1, W2, b2):
    Z1 = X @ W1 + b1
    H = np.tanh(Z1)
    Z2_bar = cross_entropy_gradient(H @ W2 + b2, T)
    H_bar, W2_bar, b2_bar = linear_VJP(H, W2, b2, Z2_bar)
    _, W1_bar, b1_bar = linear_VJP(X, W1, b1, tanh_VJP(Z1, H_bar))
    return W1_bar, b1_bar, W2_bar, b2_bar
