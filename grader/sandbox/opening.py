"""Opens a sandbox at the level that was asked for, or at the best one that this machine proves."""

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, TypeAlias

import numpy as np

from grader.model.assignment import Limits
from grader.model.isolation import IsolationReport, Level
from grader.model.submission import Submission
from grader.sandbox.ended import OomKills
from grader.sandbox.errors import SandboxUnavailableError
from grader.sandbox.launch import Launcher, PlainLauncher
from grader.sandbox.readable import readable_files
from grader.sandbox.session import Session

if TYPE_CHECKING:
    from grader.sandbox.canary import Proof
    from grader.sandbox.confined import Facts

Isolation: TypeAlias = Literal["auto", "A", "B", "C", "none"]
Confined: TypeAlias = Literal["A", "B", "C"]

LEVELS: dict[Level, str] = {
    "A": "namespaces, Landlock, seccomp and resource limits, proved by a canary",
    "B": "Landlock, seccomp and resource limits without namespaces, proved by a canary",
    "C": "sealed seccomp and resource limits, no file can be opened, proved by a canary",
    "N": "a plain process without protection: for one's own code only",
}
LAYERS: dict[Level, tuple[str, ...]] = {
    "A": ("namespaces", "Landlock", "seccomp", "resource limits", "no privileges", "clean environment"),
    "B": ("Landlock", "seccomp", "resource limits", "no privileges", "clean environment"),
    "C": ("sealed seccomp", "resource limits", "no privileges", "clean environment"),
    "N": ("clean environment",),
}
BATCH_LEVELS: tuple[Confined, ...] = ("A", "B")
"""What other people's code may be run at without asking."""


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
        self._oom_kills = OomKills()
        self.report = report

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def session(self, submission: Submission) -> Session:
        """Return a session for one submission; close it before the next one is opened."""
        return Session(submission, launcher=self._launcher, limits=self._limits, oom_kills=self._oom_kills)

    def close(self) -> None:
        """End everything that was started."""
        self._launcher.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelProbe:
    """Whether this machine reaches a level.

    Parameters
    ----------
    level : str
        ``"A"``, ``"B"``, ``"C"`` or ``"N"``.
    reached : bool
        True only if a canary proved it.
    why_not : str
        What is missing, in words; empty if it is reached.
    safe_for_batch : bool
        True if other people's code may be graded at this level without further ado.
    refused : tuple of (str, bool)
        What the canary tried, in words that follow "a submission could", and whether it was refused.
    layers : tuple of str
        What the level rests on.
    landlock_abi : int
        0 where it was not asked for or does not exist.
    kernel : str
        System and release.
    uid : int or None
        As whom submissions would run.
    python, numpy : str
        Versions.
    """

    level: Level
    reached: bool
    why_not: str
    safe_for_batch: bool
    refused: tuple[tuple[str, bool], ...]
    layers: tuple[str, ...]
    landlock_abi: int
    kernel: str
    uid: int | None
    python: str
    numpy: str


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
        True if the submissions are the user's own: then ``"auto"`` may end at level C or N.

    Returns
    -------
    Sandbox
        To be closed.

    Raises
    ------
    SandboxUnavailableError
        If the level cannot be had here; with ``"auto"`` and other people's code, if neither A nor B can.
    SandboxFaultError
        If the sandbox breaks down while it is tried.
    """
    readable = readable_files(packages, forbidden=forbidden_paths)
    if isolation == "none":
        return plain_sandbox(PlainLauncher(readable, memory_bytes=limits.memory_bytes), limits)
    from grader.sandbox.proving import try_level  # noqa: PLC0415 - a plain process starts without it, at once

    wanted: tuple[Confined, ...] = (
        (isolation,) if isolation != "auto" else ("A", "B", "C") if own_code else BATCH_LEVELS
    )
    missing = []
    for level in wanted:
        tried = try_level(level, readable, limits)
        if tried.launcher is not None and tried.facts is not None:
            return Sandbox(tried.launcher, limits=limits, report=_report(level, tried.facts))
        missing.append(f"level {level}: {tried.proof.why_not}")
    if isolation == "auto" and own_code:
        return plain_sandbox(PlainLauncher(readable, memory_bytes=limits.memory_bytes), limits)
    if isolation == "auto":
        raise SandboxUnavailableError(
            "other people's code needs isolation level B or better, and this machine does not reach it",
            missing=tuple(missing),
            help="use Linux 5.13 or newer, or type `--isolation C` or `--isolation none` to accept less this once",
        )
    raise SandboxUnavailableError(
        f"isolation level {isolation} is not reached on this machine",
        missing=tuple(missing),
        help="type `--isolation auto` to take the best level that is",
    )


def probe() -> tuple[LevelProbe, ...]:
    """Try every level on this machine, best first.

    Returns
    -------
    tuple of LevelProbe
        One for each of A, B, C and N; N is always reached, and never safe for other people's code.

    Raises
    ------
    SandboxUnavailableError, SandboxFaultError
        If not even numpy can be made available to submissions, or trying breaks down.
    """
    from grader.sandbox.proving import NO_PROOF, try_level  # noqa: PLC0415 - as in `open_sandbox`

    readable = readable_files(("numpy",), forbidden=())
    limits = Limits()
    found = []
    for level in ("A", "B", "C"):
        tried = try_level(level, readable, limits)
        if tried.launcher is not None:
            tried.launcher.close()
        found.append(_level_probe(level, tried.proof, tried.facts))
    return (*found, _level_probe("N", NO_PROOF, None))


def _level_probe(level: Level, proof: "Proof", facts: "Facts | None") -> LevelProbe:
    reached = level == "N" or proof.holds
    return LevelProbe(
        level=level,
        reached=reached,
        why_not="" if reached else proof.why_not,
        safe_for_batch=reached and level in BATCH_LEVELS,
        refused=proof.told,
        layers=LAYERS[level],
        landlock_abi=facts.landlock_abi if facts else 0,
        kernel=f"{platform.system()} {platform.release()}",
        uid=facts.uid if facts else None,
        python=platform.python_version(),
        numpy=np.__version__,
    )


def _report(level: Confined, facts: "Facts") -> IsolationReport:
    return IsolationReport(
        level=level,
        says=f"level {level}: {LEVELS[level]}",
        layers=LAYERS[level],
        landlock_abi=facts.landlock_abi,
        kernel=f"Linux {facts.kernel}",
        uid=facts.uid,
    )


def plain_sandbox(launcher: PlainLauncher, limits: Limits) -> Sandbox:
    """Return a sandbox of level N, whose processes a launcher starts that is there already.

    Parameters
    ----------
    launcher : PlainLauncher
        It may have started a process ahead.
    limits : Limits
        What each submission may use.

    Returns
    -------
    Sandbox
        To be closed, which closes the launcher.
    """
    report = IsolationReport(
        level="N",
        says=f"level N: {LEVELS['N']}",
        layers=LAYERS["N"],
        kernel=f"{platform.system()} {platform.release()}",
        uid=os.getuid() if sys.platform != "win32" else None,
    )
    return Sandbox(launcher, limits=limits, report=report)
