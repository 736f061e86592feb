"""What came back from the sandbox, as a fact; what it means is decided elsewhere."""

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from grader.model.case import Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Returned:
    """Numbers came back.

    Parameters
    ----------
    values : tuple of ndarray
        As many as were due; bool, integer, floating or complex dtype, read-only.
    inputs_after : tuple of ndarray
        The arguments after the call, if they were asked for.
    """

    values: tuple[Array, ...]
    inputs_after: tuple[Array, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """The call raised.

    Parameters
    ----------
    type : str
        The exception's class name.
    text : str
        Its message, capped, control characters removed, memory addresses blanked.
    where : str
        The innermost line of the student's own source: ``"answer.py line 12"``; empty if none.
    line : str
        That line's source text, stripped; empty if none.
    """

    type: str
    text: str
    where: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotNumeric:
    """The call returned something that is not an array of numbers.

    Parameters
    ----------
    says : str
        What it was, in words that complete "returned …": ``"None"``, ``"a str"``, ``"a tuple of 3 values"``.
    """

    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut:
    """The call did not end within the limit.

    Parameters
    ----------
    limit_s : float
        The limit that was reached, in seconds.
    cpu : bool
        True for CPU seconds, False for seconds on the clock.
    """

    limit_s: float
    cpu: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfMemory:
    """The call asked for more memory than is allowed."""

    limit_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Crashed:
    """The student's interpreter ended.

    Parameters
    ----------
    says : str
        How: ``"ended by signal SIGSEGV"``, ``"left the interpreter with exit code 0"``.
    """

    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """Something came back that the protocol does not allow: forged, cut short, too large.

    Parameters
    ----------
    says : str
        What was wrong with it.
    """

    says: str


class Absence(Enum):
    """Why a call could not be made."""

    NOT_LOADED = "not_loaded"
    MISSING = "missing"
    NOT_CALLABLE = "not_callable"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """The call was not made, for a reason that lies in the submission.

    Parameters
    ----------
    absence : Absence
        Which reason.
    says : str
        Words for the student.
    """

    absence: Absence
    says: str


Outcome: TypeAlias = Returned | Raised | NotNumeric | TimedOut | OutOfMemory | Crashed | Malformed | Unavailable
