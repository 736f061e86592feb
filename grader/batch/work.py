"""What passes between a run and whoever does its work, on this machine or on others."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Protocol, TypeVar

from grader.batch.entry import Entry, Standing, Took
from grader.batch.errand import Errand
from grader.batch.stored import packed_report
from grader.grading.basis import Grading
from grader.grading.graded import Graded, Manner, grade_submission, not_graded
from grader.grading.prepare import unpacked
from grader.grading.students import shown_to_students, with_grades
from grader.model.assignment import Assignment
from grader.model.isolation import IsolationReport
from grader.model.report import SubmissionReport
from grader.model.submission import Submission
from grader.sandbox import Isolation, Sandbox, open_sandbox
from grader.truth.modules import TrustedModules
from grader.truth.snapshot import Snapshot
from grader.words import in_language

T = TypeVar("T")
AHEAD = 2
"""What a worker process is handed: one to work on, and one so that it need not wait for the next."""
TRIES = 2
"""How often something is tried whose worker dies of it."""
_KEPT_BESIDES = 4000
"""Values that a worker's truth may gather: each is some kilobytes at most, so some megabytes in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a worker needs to open its sandbox.

    Parameters
    ----------
    assignment : Assignment
        Its packages and limits.
    isolation : str
        What was asked for.
    forbidden : tuple of Path
        What no submission may read.
    """

    assignment: Assignment
    isolation: Isolation
    forbidden: tuple[Path, ...]

    def open(self) -> Sandbox:
        """Open a sandbox, whose level a canary proves.

        Returns
        -------
        Sandbox

        Raises
        ------
        SandboxUnavailableError, SandboxFaultError
            See `open_sandbox`.
        """
        return open_sandbox(
            isolation=self.isolation,
            packages=self.assignment.packages,
            limits=self.assignment.limits,
            forbidden_paths=self.forbidden,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a worker needs to grade, worked out once.

    Parameters
    ----------
    assignment : Assignment
        What is graded.
    trusted : Path
        The folder of its trusted modules, where the worker sees it.
    seed : int
        The root seed.
    manner : Manner
        What reports name.
    snapshot : Snapshot
        Plan and truth.
    """

    assignment: Assignment
    trusted: Path
    seed: int
    manner: Manner
    snapshot: Snapshot

    def grading(self) -> Grading:
        """Return plan and truth, as the grader worked them out."""
        return unpacked(self.snapshot, self.assignment, TrustedModules(self.trusted), self.seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One hand-in to be graded.

    Parameters
    ----------
    hand_in : str
        Its id.
    key : str
        What its grade will rest on, see `grader.batch.key`.
    submission : Submission
        What was handed in.
    """

    hand_in: str
    key: str
    submission: Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A hand-in whose workers died: it was tried as often as it may be.

    Parameters
    ----------
    task : Task
        Which.
    says : str
        What happened, for the person who has to look at it.
    """

    task: Task
    says: str


class Executor(Protocol):
    """Whoever does the work of a run."""

    def start(self, opening: Opening) -> None:
        """Have workers open their sandboxes, without waiting for them.

        Raises
        ------
        WorkersError
            There is nobody to do the work.
        """

    def proved(self) -> IsolationReport:
        """Return how student code is confined, once a worker has proved it.

        Raises
        ------
        SandboxUnavailableError
            Somewhere it cannot be confined as asked.
        WorkersError
            There is nobody to do the work.
        """

    def begin(self, setup: Setup) -> None:
        """Hand out what is the same for all hand-ins."""

    @property
    def hungry(self) -> bool:
        """Whether another task is wanted now; False once enough are waiting to keep everybody busy."""

    def submit(self, task: Task) -> None:
        """Have a hand-in graded."""

    def finished(self, timeout_s: float) -> list[Entry | Lost]:
        """Return what has been graded since this was last asked; waits for something, but not longer than that.

        Raises
        ------
        SandboxUnavailableError, WorkersError
            As `proved`.
        """

    def helping(self, errand: Errand[T]) -> AbstractContextManager[Callable[[T], None]]:
        """Do something else, once all is graded: a context manager that gives what takes the parts of an errand.

        Everything is done when the block ends. If it ends by an error, everything is ended at once, as by `close`.

        Raises
        ------
        OSError, JournalError
            A part could not be done; also where a later one is handed out.
        WorkersError
            There is nobody left to do it.
        """

    def close(self) -> None:
        """End everything at once, whatever is being done."""


class WorkersError(Exception):
    """There is nobody to do the work: what a person has to set right before the run can go on.

    Parameters
    ----------
    says : str
        What happened.
    help_ : str
        What to do.
    """

    def __init__(self, says: str, help_: str) -> None:
        super().__init__(says)
        self.says = says
        self.help_ = help_


def entry_of(task: Task, graded: Graded, wall_s: float, shown: SubmissionReport | None = None) -> Entry:
    """Return what a journal keeps of a hand-in that was graded.

    Parameters
    ----------
    task : Task
        Which.
    graded : Graded
        What came of it.
    wall_s : float
        What it took, on the clock.
    shown : SubmissionReport, optional
        What its students are shown, if not all of the report.

    Returns
    -------
    Entry
    """
    report, usage = graded.report, graded.usage
    return Entry(
        standing=Standing(
            hand_in=task.hand_in,
            key=task.key,
            status=report.status,
            score=report.score,
            undecided=report.undecided if report.score is not None else Fraction(0),
            reason=report.reason,
        ),
        report=packed_report(report),
        shown=None if shown is None else packed_report(shown),
        took=Took(
            wall_s=wall_s,
            cpu_s=usage.cpu_s if usage is not None else None,
            peak_bytes=usage.peak_bytes if usage is not None else None,
        ),
    )


def entry_of_lost(lost: Lost, assignment: Assignment) -> Entry:
    """Return what a journal keeps of a hand-in that could not be graded.

    Parameters
    ----------
    lost : Lost
        Which, and why.
    assignment : Assignment
        What it would have been graded by.

    Returns
    -------
    Entry
    """
    return entry_of(lost.task, Graded(report=not_graded(assignment, lost.task.submission, lost.says)), 0.0)


def graded_entry(task: Task, grading: Grading, manner: Manner, sandbox: Sandbox, clock: "Clock") -> Entry:
    """Grade a hand-in, within a worker.

    Parameters
    ----------
    task : Task
        Which.
    grading : Grading
        Plan and truth.
    manner : Manner
        What its report names.
    sandbox : Sandbox
        Runs it.
    clock : callable
        Seconds.

    Returns
    -------
    Entry
    """
    begun = clock()
    graded = grade_submission(grading, manner, sandbox, task.submission)
    students = _for_students(grading)
    shown = None
    if students is not None:
        seen = grade_submission(students, manner, sandbox, task.submission).report
        with in_language(manner.language or "en"):
            shown = shown_to_students(grading.plan.assignment, task.submission, graded.report, seen)
    grading.truth.forget(above=_KEPT_BESIDES)
    return entry_of(task, graded, clock() - begun, shown)


def gradings(grading: Grading) -> tuple[Grading, ...]:
    """Return all that `graded_entry` grades by.

    Parameters
    ----------
    grading : Grading
        Plan and truth.

    Returns
    -------
    tuple of Grading
        The same, and what students' words come from where that is another one.
    """
    students = _for_students(grading)
    return (grading,) if students is None else (grading, students)


@lru_cache(maxsize=1)
def _for_students(grading: Grading) -> Grading | None:
    """Return `with_grades`, worked out once by a worker."""
    return with_grades(grading)


class Clock(Protocol):
    """Tells the time."""

    def __call__(self) -> float:
        """Return seconds since some moment."""
