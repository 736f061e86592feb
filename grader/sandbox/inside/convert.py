"""From what a student's function returned to arrays of numbers, or to facts that say what it was instead.

Runs in the submission's process, on objects that may lie; what it says is a claim, which the parent checks again.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_DESCRIPTION = 200
"""Characters of a description: a dtype with named fields can be of any length."""

ABSENT = object()
"""What a name means that is not defined."""

PLAIN = frozenset(map(np.dtype, ("f8", "f4", "i8")))
"""What nearly every answer is, and needs no second look."""


class _UnfitError(Exception):
    """A value that is not handed on.

    Parameters
    ----------
    *facts : str
        What it is: which of the returned values (``"2"``, ``"3"``: the second of three; empty where there is one),
        what is wrong, see `grader.sandbox.described`, and what that is said of.
    """

    def __init__(self, *facts: str) -> None:
        super().__init__(*facts)
        self.facts = facts


class NotNumericError(_UnfitError):
    """The value is not an array of numbers."""


class TooLargeError(_UnfitError):
    """The value has more bytes than are allowed."""


def named(names: Mapping[str, object], name: str) -> object:
    """Return what the name of a call means.

    Parameters
    ----------
    names : mapping of str to object
        What a submission defines.
    name : str
        A name, or an element of a list: ``"steps[2]"``, counted from 0.

    Returns
    -------
    object
        `ABSENT` where there is no such name, or no list, or no such element.
    """
    name, bracket, place = name.partition("[")
    value = names.get(name, ABSENT)
    if not bracket:
        return value
    # Python's own lists only: one of another class could do anything when it is asked for an element.
    if type(value) is not list and type(value) is not tuple:
        return ABSENT
    index = int(place.rstrip("]"))
    return value[index] if index < len(value) else ABSENT


def called(
    target: Callable[..., Any], arrays: Sequence[NDArray[Any]], *, returns: int, max_bytes: int
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
        values = [value]
    else:
        if not isinstance(value, tuple | list) or len(value) != returns:
            raise NotNumericError("", "", "values_due", str(returns), *described(value))
        values = list(value)
    arrays = []
    left = max_bytes
    for number, one in enumerate(values, start=1):
        place = (str(number), str(returns)) if returns > 1 else ("", "")
        array = _numbers(one, place)
        # A view with stride 0 has any number of bytes and costs nothing, until it is copied.
        size = array.size * array.dtype.itemsize
        if size > left:
            raise TooLargeError(*place, "too_large", f"{size:,}", f"{max_bytes:,}", *described(array))
        left -= size
        arrays.append(array)
    return arrays


def _numbers(value: object, place: tuple[str, str]) -> NDArray[Any]:
    if type(value) is np.ndarray and value.dtype in PLAIN and value.ndim <= 32:
        return value
    if value is None or isinstance(value, str | bytes | dict | set | frozenset) or callable(value):
        raise NotNumericError(*place, "is", *described(value))
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, OverflowError):
        # Rows of different lengths, a whole number beyond 64 bits, …: not an array.
        raise NotNumericError(*place, "no_array", *described(value)) from None
    if array.dtype.kind not in "biufc":
        if isinstance(value, np.ndarray | np.generic):
            raise NotNumericError(*place, "is", *described(value))
        raise NotNumericError(*place, "of_dtype", str(array.dtype)[:MAX_DESCRIPTION], *described(value))
    if array.ndim > 32:
        raise NotNumericError(*place, "dimensions", str(array.ndim))
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:
        return array.astype(np.float64)
    if array.dtype.kind == "c" and array.dtype.itemsize > 16:
        return array.astype(np.complex128)
    return array


def described(value: object) -> tuple[str, ...]:
    """Return what a value is, as facts that the parent puts into words.

    Parameters
    ----------
    value : object
        Anything.

    Returns
    -------
    tuple of str
        ``("none",)``, ``("array", shape, dtype)``, ``("tuple", length)``, ``("list", length)`` or
        ``("object", name of its type)``.
    """
    if value is None:
        return ("none",)
    if isinstance(value, np.ndarray):
        return "array", str(value.shape), str(value.dtype)[:MAX_DESCRIPTION]
    if isinstance(value, tuple | list):
        return "tuple" if isinstance(value, tuple) else "list", str(len(value))
    return "object", str(type(value).__name__)[:MAX_DESCRIPTION]
