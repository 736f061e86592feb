"""The one dtype in which a model or an answer computes: float64, or wider where an input is wider."""

import numpy as np

from .tap import Array


def widened(*arrays: Array) -> tuple[Array, ...]:
    """Return the arrays in one common dtype: float64, or long double where one of them is.

    Parameters
    ----------
    *arrays : ndarray
        Real numbers of any shapes.

    Returns
    -------
    tuple of ndarray
        In the order given; an array that already has the dtype is not copied.

    Raises
    ------
    TypeError
        If an array is complex or not numeric: a gradient with a dropped imaginary part would look right.
    """
    given = [np.asarray(array) for array in arrays]
    dtype = np.result_type(np.float64, *given)
    if not np.issubdtype(dtype, np.floating):
        msg = f"real numbers are needed, not {dtype}"
        raise TypeError(msg)
    return tuple(np.asarray(array, dtype=dtype) for array in given)
