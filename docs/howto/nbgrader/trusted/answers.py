"""What stands between BEGIN SOLUTION and END SOLUTION, in float64 whatever comes in."""

import numpy as np


def covariance(X):
    """Return the covariance matrix of the columns of X, divided by N."""
    X = np.asarray(X, dtype=np.float64)
    centred = X - X.mean(axis=0)
    return centred.T @ centred / len(X)
