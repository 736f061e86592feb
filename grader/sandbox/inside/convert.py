"""From what a student's function returned to arrays of numbers, or to words that say what it was instead.

Runs in the submission's process, on objects that may lie; what it says is a claim, which the parent checks again.
"""

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_DESCRIPTION = 200
"""Characters of a description: a dtype with named fields can be of any length."""

PLAIN = frozenset(map(np.dtype, ("f8", "f4", "i8")))
"""What nearly every answer is, and needs no second look."""


class NotNumericError(Exception):
    """The value is not an array of numbers; the text completes "returned …"."""


class TooLargeError(Exception):
    """The value has more bytes than are allowed; the text completes "returned …"."""


def called(
    target: Callable[..., Any], arrays: Sequence[NDArray[Any]], *, returns: int, seed: int, max_bytes: int
) -> list[NDArray[Any]]:
    """Call a function of a submission; return the numbers that it returned.

    Parameters
    ----------
    target : callable
        Raises what it likes.
    arrays : sequence of ndarray
        Its arguments, which it may change; a 0-d array is handed over as a numpy scalar.
    returns : int
        How many values are due.
    seed : int
        Seeds ``random`` and ``numpy.random`` before the call.
    max_bytes : int
        The most bytes that all values may have together.

    Returns
    -------
    list of ndarray
        As `arrays_from_result`.

    Raises
    ------
    NotNumericError, TooLargeError
        As `arrays_from_result`.
    """
    arguments = [array if array.ndim else array[()] for array in arrays]
    random.seed(seed)
    np.random.seed(seed % (1 << 32))
    return arrays_from_result(target(*arguments), returns=returns, max_bytes=max_bytes)


def arrays_from_result(value: object, *, returns: int, max_bytes: int) -> list[NDArray[Any]]:
    """Return the numbers that a function returned.

    Parameters
    ----------
    value : object
        What it returned.
    returns : int
        How many values are due; from 2 on, a tuple or list of just that length.
    max_bytes : int
        The most bytes that all values may have together.

    Returns
    -------
    list of ndarray
        As many as are due; bool, integer, floating or complex, at most 64 bits a real number.

    Raises
    ------
    NotNumericError
        If it is something else.
    TooLargeError
        If it has too many bytes.
    """
    if returns == 1:
        values, names = [value], [""]
    else:
        if not isinstance(value, tuple | list) or len(value) != returns:
            raise NotNumericError(f"{described(value)} ({returns} values are due)")
        values, names = list(value), [f"value {i + 1} of {returns}: " for i in range(returns)]
    arrays = []
    left = max_bytes
    for one, name in zip(values, names, strict=True):
        array = _numbers(one, name)
        # A view with stride 0 has any number of bytes and costs nothing, until it is copied.
        size = array.size * array.dtype.itemsize
        if size > left:
            raise TooLargeError(f"{name}{described(array)}: {size:,} bytes; {max_bytes:,} are allowed")
        left -= size
        arrays.append(array)
    return arrays


def _numbers(value: object, name: str) -> NDArray[Any]:
    if type(value) is np.ndarray and value.dtype in PLAIN and value.ndim <= 32:
        return value
    if value is None or isinstance(value, str | bytes | dict | set | frozenset) or callable(value):
        raise NotNumericError(name + described(value))
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, OverflowError):
        # Rows of different lengths, a whole number beyond 64 bits, …: not an array.
        raise NotNumericError(f"{name}{described(value)} that is not an array of numbers") from None
    if array.dtype.kind not in "biufc":
        what = described(value)
        dtype = "" if isinstance(value, np.ndarray | np.generic) else f" (as an array: dtype {array.dtype})"
        raise NotNumericError((name + what + dtype)[:MAX_DESCRIPTION])
    if array.ndim > 32:
        raise NotNumericError(f"{name}an array with {array.ndim} dimensions")
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:
        return array.astype(np.float64)
    if array.dtype.kind == "c" and array.dtype.itemsize > 16:
        return array.astype(np.complex128)
    return array


def described(value: object) -> str:
    """Return what a value is, in words that complete "returned …".

    Parameters
    ----------
    value : object
        Anything.

    Returns
    -------
    str
        Such as ``"None"``, ``"a str"``, ``"a tuple of 3 values"``, ``"an array of shape (2, 3) and dtype object"``.
    """
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"[:MAX_DESCRIPTION]
    if isinstance(value, tuple | list):
        values = "1 value" if len(value) == 1 else f"{len(value)} values"
        return f"a {'tuple' if isinstance(value, tuple) else 'list'} of {values}"
    name = str(type(value).__name__)[:MAX_DESCRIPTION]
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
