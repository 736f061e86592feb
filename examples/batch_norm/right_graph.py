# Back through the graph, node by node.
import numpy as np


def batch_norm_VJP(X, gamma, beta, eps, Y_bar):
    N = len(X)
    mu = X.sum(axis=0) / N
    c = X - mu
    v = (c * c).sum(axis=0) / N
    root = np.sqrt(v + eps)
    h = c / root

    beta_bar = Y_bar.sum(axis=0)
    gamma_bar = (Y_bar * h).sum(axis=0)
    h_bar = Y_bar * gamma
    # h = c / root
    c_bar = h_bar / root
    root_bar = -(h_bar * c).sum(axis=0) / root**2
    # root = sqrt(v + eps)
    v_bar = root_bar / (2 * root)
    # v = mean(c^2)
    c_bar = c_bar + 2 * c * v_bar / N
    # c = X - mu
    mu_bar = -c_bar.sum(axis=0)
    X_bar = c_bar + mu_bar / N
    return X_bar, gamma_bar, beta_bar


def batch_norm_inference_VJP(X, gamma, beta, mean, variance, eps, Y_bar):
    root = np.sqrt(variance + eps)
    gamma_bar = (Y_bar * X).sum(axis=0) / root - mean / root * Y_bar.sum(axis=0)
    return Y_bar / root * gamma, gamma_bar, Y_bar.sum(axis=0)
