"""The forward derivative of softmax, against which a VJP is held by the adjoint identity; trusted, never handed out.

The Jacobian is written out entry by entry here, unlike in ``answers``, so that the two do not share a mistake.
"""

import numpy as np

from ..tap import Array
from .forward import softmax


def softmax_jvp(Z: Array, V: Array) -> Array:
    """Return the derivative of the row-wise softmax at Z along V.

    Parameters
    ----------
    Z : ndarray, shape (N, C)
        Logits.
    V : ndarray, shape (N, C)
        The tangent.

    Returns
    -------
    ndarray, shape (N, C), float64 or wider
        sum_j dy_i/dz_j v_j with dy_i/dz_j = y_i (delta_ij - y_j), in each row.

    Raises
    ------
    TypeError
        If Z is complex or not numeric.
    """
    Y = softmax(Z)
    jacobian = np.einsum("ni,ij->nij", Y, np.eye(Y.shape[-1])) - np.einsum("ni,nj->nij", Y, Y)
    derivative: Array = np.einsum("nij,nj->ni", jacobian, V)
    return derivative
