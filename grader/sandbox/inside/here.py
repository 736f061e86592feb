"""One call in the process that the function lives in: a notebook's own kernel, or a script's."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from . import convert
from .seeding import seed_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Error:
    """What a function raised; its class may be of the student's own, and answer anything to anything.

    Parameters
    ----------
    error : BaseException
        Itself.
    type, text : str
        Its class's name and its message; a message that cannot be had is empty.
    """

    error: BaseException
    type: str
    text: str


def call_here(
    target: Callable[..., Any], arrays: Sequence[NDArray[Any]], *, returns: int, seed: int, max_bytes: int
) -> list[NDArray[Any]] | Error:
    """Make one call; return its numbers, or what it raised.

    Parameters
    ----------
    target, arrays, returns, max_bytes
        As `convert.called` takes them.
    seed : int
        Seeds ``random`` and ``numpy.random`` before the call.

    Returns
    -------
    list of ndarray or Error
        ``SystemExit``, too, is a fact about the function.

    Raises
    ------
    KeyboardInterrupt
        Whoever pressed Ctrl-C waits for all of this to end.
    """
    try:
        seed_all(seed)
        return convert.called(target, arrays, returns=returns, max_bytes=max_bytes)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a student's function raises is told to the student
        text = ""
        with contextlib.suppress(Exception):
            text = str(error)
        return Error(error=error, type=type(error).__name__, text=text)
