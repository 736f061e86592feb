"""Floating-point numbers as people and precisions see them: unit roundoffs, and literals that can be pasted.

What to allow for rounding is decided in ``expected``; here are only the constants and the exact decimal forms.
"""

from typing import Any, assert_never

import numpy as np

from grader.model.case import Array
from grader.model.naming import DtypeName

_LINE = 100  # columns; a longer literal puts each row on a line of its own


def unit_roundoff(dtype: DtypeName) -> float:
    """Return the largest relative error of rounding to nearest.

    Parameters
    ----------
    dtype : {"float64", "float32"}
        The precision.

    Returns
    -------
    float
        2**-53 or 2**-24: half the distance from 1 to the next number (Higham, *Accuracy and Stability of Numerical
        Algorithms*, 2nd ed., section 2.1).
    """
    match dtype:
        case "float64":
            return 2.0**-53
        case "float32":
            return 2.0**-24
        case _:
            assert_never(dtype)


def smallest_normal(dtype: DtypeName) -> float:
    """Return the smallest positive number of full precision: 2**-1022 or 2**-126.

    Parameters
    ----------
    dtype : {"float64", "float32"}
        The precision.

    Returns
    -------
    float
        What is smaller may lose digits, or become 0 on hardware that flushes subnormal numbers.
    """
    match dtype:
        case "float64":
            return 2.0**-1022
        case "float32":
            return 2.0**-126
        case _:
            assert_never(dtype)


def python_literal(array: Array) -> str:
    """Return Python source that evaluates, with ``import numpy as np``, to the same array bit for bit.

    Parameters
    ----------
    array : ndarray
        bool, integer, float16, float32 or float64, any shape. A 0-d array becomes a scalar expression.

    Returns
    -------
    str
        Such as ``np.array([[0.5, 1.0]])``, ``np.float32(0.1)``, ``np.zeros((0, 3))``, ``-0.0`` or ``np.nan``. The dtype
        is stated unless it is bool, int64 or float64. Rows stand on lines of their own where one line would be longer
        than 100 columns.

    Raises
    ------
    TypeError
        If the dtype is another one.

    Notes
    -----
    Each number is the shortest decimal that reads back as itself. The sign and the payload of a nan are not kept.

    Examples
    --------
    >>> import numpy as np
    >>> python_literal(np.array([[0.5, 1.0]], dtype=np.float32))
    'np.array([[0.5, 1.0]], dtype=np.float32)'
    """
    array = np.asarray(array)
    dtype: np.dtype[Any] = array.dtype
    if not (dtype.kind in "biu" or dtype in (np.float16, np.float32, np.float64)):
        msg = f"no literal is known for dtype {dtype}"
        raise TypeError(msg)
    plain = dtype in (np.bool_, np.int64, np.float64)
    if array.ndim == 0:
        text = _number(array.flat[0])
        return text if plain else f"np.{dtype.name}({text})"
    suffix = "" if plain else f", dtype=np.{dtype.name}"
    if array.size == 0:
        # An empty list has no dtype of its own: np.zeros takes float64 unless told otherwise.
        stated = "" if dtype == np.float64 else f", dtype={_dtype_source(array)}"
        return f"np.zeros({array.shape}{stated})"
    line = f"np.array({_nested(array, separator=', ')}{suffix})"
    if len(line) <= _LINE or array.ndim == 1:
        return line
    return f"np.array({_nested(array, separator=',' + chr(10))}{suffix})"


def _dtype_source(array: Array) -> str:
    # np.bool is missing from numpy 1.26, np.bool_ exists in every release.
    return "np.bool_" if array.dtype == np.bool_ else f"np.{array.dtype.name}"


def _nested(array: Array, *, separator: str, depth: int = 0) -> str:
    if array.ndim == 1:
        return "[" + ", ".join(_number(x) for x in array) + "]"
    # Continuation lines start below the first row: under "np.array(" and one bracket a level.
    indent = " " * (len("np.array([") + depth) if separator.endswith("\n") else ""
    rows = (_nested(row, separator=separator, depth=depth + 1) for row in array)
    return "[" + (separator + indent).join(rows) + "]"


def _number(x: Any) -> str:
    if x.dtype.kind in "biu":
        return repr(x.item())
    value = float(x.item())
    if np.isnan(value):
        return "np.nan"
    if np.isinf(value):
        return "np.inf" if value > 0 else "-np.inf"
    if x.dtype == np.float64:
        return repr(value)
    # The literal is read as float64 and then rounded to x's dtype. Rounding twice may end beside x where the shortest
    # decimal of x lies next to the middle of two neighbours; the float64 decimal of x itself never does.
    short = repr(float(str(x)))
    return short if x.dtype.type(float(short)) == x else repr(value)
