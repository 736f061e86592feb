# One feature after the other, each with its Jacobian of N x N numbers.
import numpy as np


def batch_norm_VJP(X, gamma, beta, eps, Y_bar):
    N, d = X.shape
    X_bar = np.zeros((N, d))
    gamma_bar = np.zeros(d)
    beta_bar = np.zeros(d)
    for j in range(d):
        x = X[:, j]
        s = 1 / np.sqrt(x.var() + eps)
        h = (x - x.mean()) * s
        J = s * (np.eye(N) - np.ones((N, N)) / N - np.outer(h, h) / N)
        X_bar[:, j] = gamma[j] * (J.T @ Y_bar[:, j])
        gamma_bar[j] = Y_bar[:, j] @ h
        beta_bar[j] = np.ones(N) @ Y_bar[:, j]
    return X_bar, gamma_bar, beta_bar


def batch_norm_inference_VJP(X, gamma, beta, mean, variance, eps, Y_bar):
    N, d = X.shape
    D = np.diag(gamma / np.sqrt(variance + eps))
    H = (X - mean) @ np.diag(1 / np.sqrt(variance + eps))
    return Y_bar @ D, np.einsum("nj,nj->j", Y_bar, H), np.einsum("nj->j", Y_bar)
