"""What the derivation of softmax's backward pass by rows passes through: the cotangents of the normalisers.

Derived in docs/cs280_hw1.md, answer 5.
"""

import numpy as np

from ..tap import Array, Tap, untapped
from .answers import softmax_backward


def softmax_rows(Z: Array, Y_bar: Array, *, tap: Tap = untapped) -> tuple[Array, Array]:
    """Return R_bar and Z_bar, row by row.

    Parameters
    ----------
    Z : ndarray, shape (N, C)
        Logits, a sample a row.
    Y_bar : ndarray, shape (N, C)
        Cotangents of the outputs.
    tap : callable, optional
        Is given every named intermediate value, and returns what is used.

    Returns
    -------
    tuple of ndarray
        Shapes (N, 1) and (N, C).

    Raises
    ------
    TypeError
        If an argument is complex or not numeric.
    """
    rows = [softmax_backward(z, y_bar, tap=tap) for z, y_bar in zip(Z, Y_bar, strict=True)]
    return np.array([[row.r_bar] for row in rows]), np.array([row.z_bar for row in rows])
