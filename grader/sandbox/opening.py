"""Opens a sandbox at the level that was asked for, or at the best one that this machine proves."""

import sys
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeAlias

from grader.model.assignment import Limits
from grader.model.isolation import IsolationReport
from grader.model.submission import Submission
from grader.sandbox.errors import SandboxUnavailableError
from grader.sandbox.launch import Launcher, PlainLauncher
from grader.sandbox.readable import readable_files
from grader.sandbox.session import Session

Isolation: TypeAlias = Literal["auto", "A", "B", "C", "none"]


class Sandbox:
    """Runs submissions, one after the other; a context manager, to be used in the thread that opened it.

    Parameters
    ----------
    launcher : Launcher
        Starts their processes.
    limits : Limits
        What each may use.
    report : IsolationReport
        The level reached and what it rests on.
    """

    def __init__(self, launcher: Launcher, *, limits: Limits, report: IsolationReport) -> None:
        self._launcher = launcher
        self._limits = limits
        self.report = report

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def session(self, submission: Submission) -> Session:
        """Return a session for one submission; close it before the next one is opened."""
        return Session(submission, launcher=self._launcher, limits=self._limits)

    def close(self) -> None:
        """End everything that was started."""
        self._launcher.close()


def open_sandbox(
    *,
    isolation: Isolation,
    packages: tuple[str, ...],
    limits: Limits,
    forbidden_paths: tuple[Path, ...] = (),
    own_code: bool = False,
) -> Sandbox:
    """Open a sandbox.

    Parameters
    ----------
    isolation : str
        ``"auto"``: the best level that this machine proves; ``"A"``, ``"B"``, ``"C"``: just that one; ``"none"``: a
        plain process (level N), accepted by whoever asks for it.
    packages : tuple of str
        What a submission may import besides the standard library.
    limits : Limits
        What each submission may use.
    forbidden_paths : tuple of Path
        What no submission may read: the rubric, its trusted folder, the submissions.
    own_code : bool
        True if the submissions are the user's own: then ``"auto"`` may end at level N.

    Returns
    -------
    Sandbox
        To be closed.

    Raises
    ------
    SandboxUnavailableError
        If the level cannot be had here.
    """
    readable = readable_files(packages, forbidden=forbidden_paths)
    if isolation in ("A", "B", "C"):
        raise SandboxUnavailableError(f"isolation level {isolation} is not available here")
    if isolation == "auto" and not own_code:
        raise SandboxUnavailableError(
            "other people's code needs isolation, and none is available here",
            help="type `--isolation none` to run the submissions in plain processes all the same",
        )
    launcher = PlainLauncher(readable, memory_bytes=limits.memory_bytes)
    says = "a plain process without protection: for one's own code only"
    return Sandbox(launcher, limits=limits, report=IsolationReport(level="N", says=says, kernel=sys.platform))
