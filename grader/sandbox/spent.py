"""What a submission has used, and what of it counts against its limits."""

from dataclasses import dataclass

from grader.model.assignment import Limits
from grader.sandbox.account import Usage
from grader.sandbox.launch import Ended
from grader.words import say

CPU_SLACK_S = 0.25
"""The kernel kills by a clock of its own, and up to a tenth of a second less has been seen in what it then reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What counted at some moment.

    Parameters
    ----------
    wall_s, cpu_s : float
        Seconds.
    """

    wall_s: float = 0.0
    cpu_s: float = 0.0


class Spent:
    """Seconds, bytes and processes of one submission.

    Parameters
    ----------
    limits : Limits
        What it may use.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._uncounted = [0.0, 0.0]
        self._peak_bytes = 0
        self.processes = 0
        """How many it took."""
        self.wall_s = 0.0
        """Seconds in which its process worked, or was waited for, as far as they count."""
        self.cpu_s = 0.0
        """CPU seconds of its processes that have ended, as far as they count."""

    @property
    def left_s(self) -> float:
        """Seconds on the clock that it still has."""
        return self._limits.submission_wall_s - self.wall_s

    @property
    def no_cpu_is_left(self) -> bool:
        """Whether its CPU seconds are used up."""
        return self.cpu_s >= self._limits.submission_cpu_s - CPU_SLACK_S

    @property
    def used_up(self) -> str:
        """What it has no more of, in words; empty where it has some of everything."""
        if self.left_s <= 0.0:
            return say("unit.s", seconds=f"{self._limits.submission_wall_s:g}")
        if self.no_cpu_is_left:
            return say("unit.cpu_seconds", seconds=f"{self._limits.submission_cpu_s:g}")
        return ""

    def account(self, ended: Ended) -> None:
        """Count what a process has used that has ended.

        Parameters
        ----------
        ended : Ended
            How.
        """
        self.cpu_s += ended.cpu_s
        self._peak_bytes = max(self._peak_bytes, ended.peak_bytes)

    def mark(self) -> Mark:
        """Return what counts now.

        Returns
        -------
        Mark
        """
        return Mark(wall_s=self.wall_s, cpu_s=self.cpu_s)

    def go_back(self, to: Mark) -> None:
        """Count no more than at some moment; the rest has been used all the same.

        Parameters
        ----------
        to : Mark
            The moment; a later one than now gives back what was lent.
        """
        self._uncounted[0] += self.wall_s - to.wall_s
        self._uncounted[1] += self.cpu_s - to.cpu_s
        self.wall_s, self.cpu_s = to.wall_s, to.cpu_s

    def usage(self) -> Usage:
        """Return all that was used.

        Returns
        -------
        Usage
        """
        return Usage(
            wall_s=self.wall_s + self._uncounted[0],
            cpu_s=self.cpu_s + self._uncounted[1],
            peak_bytes=self._peak_bytes,
            processes=self.processes,
        )
