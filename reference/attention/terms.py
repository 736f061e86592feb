"""What adds up to the backward pass of the masked softmax, path by path: one that is forgotten can then be named.

Each function has the problem's signature and returns what the problem returns.
"""

import numpy as np
from numpy.typing import NDArray

from ..precision import widened
from ..tap import Array
from .forward import masked_softmax


def direct_term(S: Array, mask: NDArray[np.bool_], A_bar: Array) -> Array:
    """Return A A_bar, what flows to each score from its own weight.

    Parameters
    ----------
    S, mask, A_bar : ndarray, shape (T, S)
        As for the backward pass.

    Returns
    -------
    ndarray, shape (T, S), float64 or wider

    Raises
    ------
    TypeError
        If S or A_bar is complex or not numeric.
    """
    S, A_bar = widened(S, A_bar)
    return masked_softmax(S, mask) * A_bar


def normaliser_term(S: Array, mask: NDArray[np.bool_], A_bar: Array) -> Array:
    """Return -A sum(A A_bar), what flows to each score through the normaliser of its row.

    Parameters
    ----------
    S, mask, A_bar : ndarray, shape (T, S)
        As for the backward pass.

    Returns
    -------
    ndarray, shape (T, S), float64 or wider

    Raises
    ------
    TypeError
        If S or A_bar is complex or not numeric.
    """
    S, A_bar = widened(S, A_bar)
    A = masked_softmax(S, mask)
    flow: Array = -A * np.sum(A * A_bar, axis=-1, keepdims=True)
    return flow
