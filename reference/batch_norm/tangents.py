"""The forward derivative of batch normalisation, against which its VJP is held; trusted, never handed out.

It follows the forward model step by step, unlike ``answers``, so that the two do not share a mistake.
"""

import numpy as np

from ..precision import widened
from ..tap import Array


def batch_norm_jvp(X: Array, gamma: Array, beta: Array, eps: Array, V: Array) -> Array:
    """Return the derivative of batch normalisation at X along V.

    Parameters
    ----------
    X : ndarray, shape (N, d)
        Samples.
    gamma, beta : ndarray, shape (d,)
        Scale and shift; it does not depend on the shift.
    eps : ndarray, shape ()
        Positive.
    V : ndarray, shape (N, d)
        The tangent.

    Returns
    -------
    ndarray, shape (N, d), float64 or wider
        With c = x - mean: dc = v - mean(v), dvariance = 2 mean(c dc), ds = -s^3 dvariance / 2,
        dy = gamma (dc s + c ds).

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, gamma, beta, eps, V = widened(X, gamma, beta, eps, V)
    centred, moved = X - np.mean(X, axis=0), V - np.mean(V, axis=0)
    scale = (np.mean(centred**2, axis=0) + eps) ** -0.5
    scale_moved = -(scale**3) / 2 * (2 * np.mean(centred * moved, axis=0))
    derivative: Array = gamma * (moved * scale + centred * scale_moved)
    return derivative
