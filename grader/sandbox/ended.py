"""How a submission's process came to its end, as a fact and in words."""

import signal
from pathlib import Path
from typing import TypeAlias

from grader.model.outcome import Crashed, Malformed, OutOfMemory, TimedOut
from grader.sandbox.launch import Ended
from grader.words import say

Failure: TypeAlias = TimedOut | OutOfMemory | Crashed | Malformed
"""Why a process could not go on."""


def failure_words(failure: Failure) -> str:
    """Return what a failure means, in words that follow a colon.

    Parameters
    ----------
    failure : TimedOut, OutOfMemory, Crashed or Malformed
        Why a process could not go on.

    Returns
    -------
    str
        Such as ``"it did not end within 10 s"``.
    """
    match failure:
        case TimedOut(limit_s=limit_s, cpu=cpu):
            limit = say("unit.cpu_seconds" if cpu else "unit.s", seconds=f"{limit_s:g}")
            return say("ended.timed_out", limit=limit)
        case OutOfMemory(limit_bytes=limit_bytes):
            return say("ended.out_of_memory", size=say("unit.mib", size=f"{limit_bytes / (1 << 20):g}"))
        case Crashed(says=says):
            return say("ended.crashed", says=says)
        case Malformed(says=says):
            return say("ended.malformed", says=says)


class OomKills:
    """How many processes the kernel has killed for want of memory: what tells such a SIGKILL from any other."""

    def __init__(self) -> None:
        self._seen = self._count()

    def have_risen(self) -> bool:
        """Return whether there are more than when this was last asked."""
        before, self._seen = self._seen, self._count()
        return self._seen > before

    @staticmethod
    def _count() -> int:
        try:
            text = Path("/proc/vmstat").read_text(encoding="ascii")
        except OSError:
            return 0
        return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("oom_kill ")), 0)


def ending_words(ended: Ended) -> str:
    """Return how a process ended, in words that follow "it".

    Parameters
    ----------
    ended : Ended
        Exit code or signal.

    Returns
    -------
    str
        Such as ``"ended by signal SIGSEGV"``.
    """
    if ended.code >= 0:
        return say("ended.exit_code", code=ended.code)
    try:
        return say("ended.signal", signal=signal.Signals(-ended.code).name)
    except ValueError:
        return say("ended.signal", signal=-ended.code)
