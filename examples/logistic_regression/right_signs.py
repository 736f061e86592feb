# Labels of -1 and 1: the loss of a sample is log(1 + exp(-t z)). The Hessian is written down, bias and all.
import numpy as np


def log1pexp(a):
    return np.logaddexp(0, a)


def design(X):
    return np.column_stack([X, np.ones(len(X))])


def logistic_gradient(X, y, w, b, lam):
    A = design(X)
    theta = np.append(w, b)
    t = 2 * y - 1
    # d/dz log(1 + exp(-t z)) = -t sigmoid(-t z), and log sigmoid(a) = -log(1 + exp(-a))
    weight = -t * np.exp(-log1pexp(t * (A @ theta)))
    g = np.einsum("n,ni->i", weight, A) / len(A)
    ridge = lam * np.append(w, 0)
    g = g + ridge
    return g[:-1], g[-1]


def hessian_vector_product(X, y, w, b, lam, v):
    A = design(X)
    z = A @ np.append(w, b)
    s = np.exp(-log1pexp(z) - log1pexp(-z))
    H = A.T @ np.diag(s) @ A / len(A)
    H[:-1, :-1] += lam * np.eye(len(w))
    return H[:-1, :-1] @ v
