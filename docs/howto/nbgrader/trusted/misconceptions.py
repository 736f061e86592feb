"""Mistakes that have a name: each function makes just one."""

import numpy as np


def by_n_minus_1(X):
    """Divide by N - 1."""
    X = np.asarray(X, dtype=np.float64)
    centred = X - X.mean(axis=0)
    return centred.T @ centred / (len(X) - 1)


def not_centred(X):
    """Leave the mean in."""
    X = np.asarray(X, dtype=np.float64)
    return X.T @ X / len(X)


def not_averaged(X):
    """Leave out the division."""
    X = np.asarray(X, dtype=np.float64)
    centred = X - X.mean(axis=0)
    return centred.T @ centred
