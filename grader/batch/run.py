"""One run over a class: what is new or changed is graded, each hand-in is in the journal before it is counted."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grader import __version__
from grader.batch.entry import Entry, Standing
from grader.batch.forked import Forked
from grader.batch.journal import Journal
from grader.batch.key import Grounds, key_of
from grader.batch.marks import RunHead
from grader.batch.work import Executor, Lost, Opening, Setup, Task, entry_of_lost
from grader.grading.engine import assignment_sha256, trusted_modules
from grader.grading.graded import Manner
from grader.grading.prepare import together
from grader.loading.rubric import Rubric
from grader.model.assignment import Assignment
from grader.model.gradebook import ProblemHead
from grader.model.handin import Collection, HandIn
from grader.model.report import AssignmentReport
from grader.model.seed import Seed
from grader.model.submission import Submission
from grader.sandbox import Isolation
from grader.words import catalogue_of, in_language, say

_WAIT_S = 0.5
"""How long nothing may happen before whoever watches is told that time passes."""


class Collected(Protocol):
    """A class as it was found, each hand-in of which can be read when its turn comes."""

    @property
    def collection(self) -> Collection:
        """Who handed in what."""

    def read(self, hand_in: HandIn, functions: tuple[str, ...]) -> Submission:
        """Return what was handed in."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BatchRequest:
    """What to grade a class by, and how.

    Parameters
    ----------
    rubric : Rubric
        The assignment and where it was read.
    seed : int
        The root seed.
    told : int or str, optional
        What a report tells of the seed, if not the seed itself: the commitment to a secret.
    isolation : str
        See `grader.sandbox.open_sandbox`.
    forbidden : tuple of Path
        What no submission may read, besides the rubric and its trusted folder: the download, the results.
    regrade : bool
        True to grade again what is known already.
    processes : int
        How many processes may draw the plan at once.
    """

    rubric: Rubric
    seed: int
    told: Seed | None = None
    isolation: Isolation = "auto"
    forbidden: tuple[Path, ...] = ()
    regrade: bool = False
    processes: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A hand-in that is in the journal.

    Parameters
    ----------
    hand_in : HandIn
        Which.
    standing : Standing
        Where it stands.
    kept : bool
        True where it was there before this run.
    """

    hand_in: HandIn
    standing: Standing
    kept: bool


class Watch(Protocol):
    """Whoever is told how far a run has come."""

    def counted(self, counted: Counted) -> None:
        """Note that one more hand-in is in the journal."""

    def waiting(self) -> None:
        """Note that time passes and nothing has happened."""


def run_batch(
    request: BatchRequest, collected: Collected, journal: Journal, executor: Executor, watch: Watch
) -> RunHead:
    """Grade a class; afterwards the journal holds the report of every hand-in.

    Parameters
    ----------
    request : BatchRequest
        By what and how.
    collected : Collected
        The class.
    journal : Journal
        What is known of it already, and where the rest goes.
    executor : Executor
        Does the work; it is closed by whoever made it, also after an error.
    watch : Watch
        Told of each hand-in once it is in the journal.

    Returns
    -------
    RunHead
        What all reports have in common.

    Raises
    ------
    PlanError, TrustedFunctionError
        The rubric's fault.
    SandboxUnavailableError
        Student code cannot be confined as asked.
    WorkersError
        Nobody is there to do the work.
    JournalError
        The journal cannot be read or written.
    """
    rubric, assignment = request.rubric, request.rubric.assignment
    modules = trusted_modules(rubric.path, assignment)
    forbidden = (rubric.path, modules.folder, *request.forbidden)
    # Before anything else is started, for there must be one thread only.
    with Forked(assignment, modules, request.seed, request.processes) as preparation:
        # The workers start while the plan is drawn.
        executor.start(Opening(assignment=assignment, isolation=request.isolation, forbidden=forbidden))
        sha256 = assignment_sha256(rubric.source, modules)
        parts = preparation.parts()
    words = rubric.words
    manner = Manner(rubric=rubric.shown, isolation=request.isolation, secret=request.told is not None, language=words)
    isolation = executor.proved()
    executor.begin(
        Setup(
            assignment=assignment,
            trusted=modules.folder,
            seed=request.seed,
            manner=manner,
            snapshot=together(parts),
        )
    )
    grounds = Grounds(
        assignment_sha256=sha256,
        rubric=rubric.shown,
        seed=request.seed,
        secret=manner.secret,
        isolation=request.isolation,
        words=_digest_of(words),
        level=isolation.level,
    )
    due = _due(request, collected, journal, grounds.digest(), watch)
    _work_off(due, assignment, journal, executor, watch)
    return RunHead(
        grader_version=__version__,
        assignment=AssignmentReport(
            id=assignment.id, title=assignment.title, path=rubric.shown, sha256=sha256, max_score=assignment.points
        ),
        problems=tuple(ProblemHead(id=p.id, title=p.title, max_score=p.points) for p in assignment.problem),
        seed=request.seed if request.told is None else request.told,
        isolation=isolation,
        plan=tuple(part.note for part in parts),
        language=catalogue_of(words).language,
    )


def _digest_of(words: str) -> str:
    return hashlib.sha256(Path(words).read_bytes()).hexdigest() if words.endswith(".toml") else words


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """A hand-in that has to be graded."""

    hand_in: HandIn
    task: Task


def _due(request: BatchRequest, collected: Collected, journal: Journal, grounds: str, watch: Watch) -> Iterator[_Due]:
    """Read hand-ins one after the other; yield those that have to be graded, and count those that are known."""
    functions = request.rubric.assignment.asked
    for hand_in in collected.collection.hand_ins:
        with in_language(request.rubric.words):
            submission = _read(collected, hand_in, functions)
        key = key_of(submission, grounds)
        known = None if request.regrade else journal.standing(hand_in.id)
        # What was not graded, through no fault of its own, is tried again.
        if known is not None and known.key == key and known.status == "graded":
            watch.counted(Counted(hand_in=hand_in, standing=known, kept=True))
        else:
            yield _Due(hand_in=hand_in, task=Task(hand_in=hand_in.id, key=key, submission=submission))


def _read(collected: Collected, hand_in: HandIn, functions: tuple[str, ...]) -> Submission:
    try:
        return collected.read(hand_in, functions)
    except OSError as error:
        # It was there when the download was looked through; the others are still to be graded.
        return Submission(
            path=hand_in.path,
            student=hand_in.id,
            sha256=hashlib.sha256(b"").hexdigest(),
            chunks=(),
            problem=say("file.not_there_any_more", reason=error.strerror or error),
            unreadable=True,
        )


def _work_off(due: Iterator[_Due], assignment: Assignment, journal: Journal, executor: Executor, watch: Watch) -> None:
    # Only what is being worked on is in memory, however many there are.
    in_flight: dict[str, HandIn] = {}
    more = True
    while more or in_flight:
        while more and executor.hungry:
            one = next(due, None)
            if one is None:
                more = False
                break
            in_flight[one.hand_in.id] = one.hand_in
            executor.submit(one.task)
        if not in_flight:
            continue
        entries = [_entry(done, assignment) for done in executor.finished(_WAIT_S)]
        if not entries:
            watch.waiting()
            continue
        journal.record(entries)
        for entry in entries:
            hand_in = in_flight.pop(entry.standing.hand_in)
            watch.counted(Counted(hand_in=hand_in, standing=entry.standing, kept=False))


def _entry(done: Entry | Lost, assignment: Assignment) -> Entry:
    return entry_of_lost(done, assignment) if isinstance(done, Lost) else done
