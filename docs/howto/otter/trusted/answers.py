"""The solution cell of the notebook, in float64 whatever comes in."""

import numpy as np


def standardise(X):
    """Return X with every column shifted to mean 0 and scaled to standard deviation 1."""
    X = np.asarray(X, dtype=np.float64)
    return (X - X.mean(axis=0)) / X.std(axis=0)
