"""The forward derivative of the gradient, against which a Hessian-vector product is held; trusted, never handed out.

The Hessian is written out entry by entry here, unlike in ``answers``, so that the two do not share a mistake.
"""

import numpy as np

from ..precision import widened
from ..tap import Array


def gradient_jvp(X: Array, y: Array, w: Array, b: Array, lam: Array, V: Array) -> Array:
    """Return the derivative of the gradient in the weights along V, a change of the weights.

    Parameters
    ----------
    X : ndarray, shape (N, d)
    y : ndarray, shape (N,)
        Labels, on which it does not depend.
    w : ndarray, shape (d,)
    b : ndarray, shape ()
    lam : ndarray, shape ()
    V : ndarray, shape (d,)
        The tangent.

    Returns
    -------
    ndarray, shape (d,), float64 or wider
        sum_j H_ij V_j with H_ij = mean_n x_ni x_nj / (4 cosh(z_n / 2)^2) + lam delta_ij: the derivative of the sigmoid
        is even, exp(z) / (1 + exp(z))^2 = 1 / (exp(z/2) + exp(-z/2))^2.

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    X, y, w, b, lam, V = widened(X, y, w, b, lam, V)
    curvature = 1.0 / (4.0 * np.cosh((X @ w + b) / 2) ** 2)
    hessian = np.einsum("n,ni,nj->ij", curvature, X, X) / len(X) + lam * np.eye(len(w))
    derivative: Array = hessian @ V
    return derivative
