"""What a session accounts for beside the outcomes: how the source ran, what it printed, what was used."""

from dataclasses import dataclass

from grader.sandbox.answers import ChunkFailure
from grader.sandbox.ended import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What became of running a submission's source.

    Parameters
    ----------
    failures : tuple of ChunkFailure
        Chunks that raised; the others ran.
    outcome : TimedOut, OutOfMemory, Crashed, Malformed or None
        Why nothing of it can be called; None if it can.
    """

    failures: tuple[ChunkFailure, ...]
    outcome: Failure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What a submission printed.

    Parameters
    ----------
    text : str
        The head, without control characters.
    truncated : bool
        True if more was printed.
    """

    text: str
    truncated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a submission has used so far, as far as it is known.

    Parameters
    ----------
    wall_s : float
        Seconds in which its process worked, or was waited for.
    cpu_s : float
        CPU seconds of its processes that have ended.
    peak_bytes : int
        The most memory that one of them held.
    processes : int
        How many it took.
    """

    wall_s: float
    cpu_s: float
    peak_bytes: int
    processes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A reading of how long a submission's process has worked.

    Parameters
    ----------
    seconds : float
        Since it was started, or since some other moment.
    cpu : bool
        True for CPU seconds as the kernel counts them, all threads together; False for seconds on the grader's clock
        in which the process was waited for.
    """

    seconds: float
    cpu: bool
