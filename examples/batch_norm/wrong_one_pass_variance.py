# Right, but the variance as mean(x^2) - mean(x)^2 cancels where the mean is large.
import numpy as np


def batch_norm_VJP(X, gamma, beta, eps, Y_bar):
    mean = X.mean(axis=0)
    variance = (X**2).mean(axis=0) - mean**2
    s = 1 / np.sqrt(np.maximum(variance, 0) + eps)
    h = (X - mean) * s
    X_bar = gamma * s * (Y_bar - Y_bar.mean(axis=0) - h * (Y_bar * h).mean(axis=0))
    return X_bar, (Y_bar * h).sum(axis=0), Y_bar.sum(axis=0)


def batch_norm_inference_VJP(X, gamma, beta, mean, variance, eps, Y_bar):
    s = 1 / np.sqrt(variance + eps)
    return gamma * s * Y_bar, (Y_bar * (X - mean) * s).sum(axis=0), Y_bar.sum(axis=0)
