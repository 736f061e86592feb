"""From the reports of a class to its grades: adjustments, lateness, and one grade for all members of a group."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from grader.batch.late import late_mark
from grader.model.gradebook import Adjustment, Gradebook, LateMark, LatePolicy, Mark, ProblemHead, ProblemMark
from grader.model.handin import Collection, HandIn
from grader.model.isolation import IsolationReport
from grader.model.report import AssignmentReport, Finding, ProblemReport, SubmissionReport, Verdict
from grader.model.same import Same
from grader.model.seed import Seed
from grader.words import as_written

_MOST_SHARED = 100_000
"""Values that are kept to be used again; most students of a class have the mark of somebody else in each problem."""
_MOST_SEEN = 256
"""Reports of problems whose marks are remembered, each of them kept as long."""
_NOTHING = Fraction(0)
NOT_YET = "it was not graded: the run ended before"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHead:
    """What all reports of a run have in common.

    Parameters
    ----------
    grader_version : str
        The program's.
    assignment : AssignmentReport
        Which rubric.
    problems : tuple of ProblemHead
        In the order of the rubric.
    seed : int or str
        The root of every random draw.
    isolation : IsolationReport
        How student code was confined.
    plan : tuple of str
        What was drawn, a line a problem.
    language : str
        The tag of the language in which reports speak to students.
    """

    grader_version: str
    assignment: AssignmentReport
    problems: tuple[ProblemHead, ...]
    seed: Seed
    isolation: IsolationReport
    plan: tuple[str, ...] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Graded:
    """What is kept of one report."""

    status: str
    score: Fraction | None
    reason: str
    problems: tuple[ProblemMark, ...]
    nothing: Literal["", "not_run", "no_function"]


@dataclass(slots=True)
class _Shared:
    """Equal values once: a hundred thousand marks of a class are a few thousand different ones."""

    kept: dict[Hashable, ProblemMark] = field(default_factory=dict)
    seen: "Callable[[Same[ProblemReport]], _Answer]" = field(init=False)

    def __post_init__(self) -> None:
        # Of the very same report the mark is known without a look at it.
        self.seen = lru_cache(maxsize=_MOST_SEEN)(self._answer)

    def _answer(self, same: Same[ProblemReport]) -> "_Answer":
        outcomes = frozenset(check.outcome for check in same.it.checks)
        return _Answer(mark=self._problem(same.it), outcomes=outcomes)

    def _problem(self, problem: ProblemReport) -> ProblemMark:
        key = (problem.id, problem.score, problem.undecided, problem.max_score, problem.reason, _diagnosis(problem))
        known = self.kept.get(key)
        if known is not None:
            return known
        mark = ProblemMark(
            id=problem.id,
            score=problem.score,
            undecided=problem.undecided,
            adjusted=problem.score,
            max_score=problem.max_score,
            reason=problem.reason,
            diagnosis=_diagnosis(problem),
        )
        if len(self.kept) < _MOST_SHARED:
            self.kept[key] = mark
        return mark


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What is kept of the report of one problem."""

    mark: ProblemMark
    outcomes: frozenset[Finding]


def _nothing(report: SubmissionReport, outcomes: Set[Finding]) -> Literal["", "not_run", "no_function"]:
    """Return why there was nothing to try in a submission; empty where something was tried."""
    if report.status != "graded" or not outcomes or not outcomes <= {Finding.NOT_LOADED, Finding.MISSING}:
        return ""
    return "not_run" if Finding.NOT_LOADED in outcomes else "no_function"


def _diagnosis(problem: ProblemReport) -> str:
    """Return the mistake that explains a problem: the one that is named first, deciding checks being first."""
    disagreeing = (check for check in problem.checks if check.verdict is Verdict.DISAGREES)
    return next((check.diagnoses[0].id for check in disagreeing if check.diagnoses), "")


def make_gradebook(
    head: RunHead,
    collection: Collection,
    reports: Iterable[tuple[str, SubmissionReport]],
    adjustments: Sequence[Adjustment],
    late_policy: LatePolicy | None,
) -> Gradebook:
    """Return the grades of a class.

    Parameters
    ----------
    head : RunHead
        What all reports have in common.
    collection : Collection
        Who handed in what.
    reports : iterable of (str, SubmissionReport)
        A hand-in's id and its report, in any order; read once, and nothing is kept but marks.
    adjustments : sequence of Adjustment
        Of any students. One for a member of a group counts for the group.
    late_policy : LatePolicy or None
        None where lateness costs nothing.

    Returns
    -------
    Gradebook

    Raises
    ------
    ValueError
        If there are two reports of one hand-in, or one of an unknown hand-in.

    Notes
    -----
    What counts is ``max(0, graded + adjustments - lateness)``. Lateness is a share of the assignment's points, so
    whether adjustments come before or after it makes no difference.
    """
    shared = _Shared()
    graded: dict[str, _Graded] = {}
    known = {hand_in.id for hand_in in collection.hand_ins}
    for hand_in_id, report in reports:
        if hand_in_id in graded or hand_in_id not in known:
            msg = f"a report of {hand_in_id!r}, which is not one hand-in of the class"
            raise ValueError(msg)
        answers = [shared.seen(Same(problem)) for problem in report.problems]
        graded[hand_in_id] = _Graded(
            status=report.status,
            score=report.score,
            reason=report.reason,
            problems=tuple(answer.mark for answer in answers),
            nothing=_nothing(report, frozenset().union(*(answer.outcomes for answer in answers))),
        )
    of_student: dict[str, list[HandIn]] = {}
    for hand_in in collection.hand_ins:
        for student in hand_in.students:
            of_student.setdefault(student, []).append(hand_in)
    by_student: dict[str, list[Adjustment]] = {}
    for adjustment in adjustments:
        by_student.setdefault(adjustment.student, []).append(adjustment)
    # What is said of lateness is read by students.
    with as_written(head.language):
        marks = tuple(
            _mark(head, student.id, of_student.get(student.id, []), graded, by_student, late_policy)
            for student in collection.students
        )
    return Gradebook(
        grader_version=head.grader_version,
        assignment=head.assignment,
        problems=head.problems,
        seed=head.seed,
        isolation=head.isolation,
        plan=head.plan,
        language=head.language,
        source=collection.source,
        source_says=collection.says,
        late_policy=late_policy,
        students=collection.students,
        hand_ins=collection.hand_ins,
        marks=marks,
        strays=collection.strays,
    )


def _mark(
    head: RunHead,
    student: str,
    hand_ins: Sequence[HandIn],
    graded: Mapping[str, _Graded],
    adjustments: Mapping[str, Sequence[Adjustment]],
    policy: LatePolicy | None,
) -> Mark:
    max_score = head.assignment.max_score
    if not hand_ins:
        own = tuple(adjustments.get(student, ()))
        return Mark(
            student=student,
            hand_in=None,
            status="missing",
            score=None,
            final=None,
            max_score=max_score,
            adjustments=own,
        )
    hand_in = hand_ins[0]
    given = _of_group(hand_in, adjustments)
    late = _late(policy, hand_in.submitted_at, max_score)
    result = graded.get(hand_in.id)
    reason = _why_not(hand_ins, result)
    if reason or result is None or result.score is None:
        return Mark(
            student=student,
            hand_in=hand_in.id,
            status="not_graded",
            score=None,
            final=None,
            max_score=max_score,
            adjustments=given,
            late=late,
            reason=reason,
        )
    changes = sum((adjustment.points for adjustment in given), start=_NOTHING)
    penalty = late.penalty if late is not None else _NOTHING
    decided = {adjustment.problem for adjustment in given}
    return Mark(
        student=student,
        hand_in=hand_in.id,
        status="graded",
        score=result.score,
        # The same object where nothing was changed: a class has as many as students.
        final=max(_NOTHING, result.score + changes - penalty if changes or penalty else result.score),
        # Who changes a problem's points has looked at it: what was undecided there is decided.
        undecided=sum((p.undecided for p in result.problems if p.undecided and p.id not in decided), start=_NOTHING),
        max_score=max_score,
        problems=tuple(_adjusted(problem, given) for problem in result.problems),
        adjustments=given,
        late=late,
        nothing=result.nothing,
    )


def _why_not(hand_ins: Sequence[HandIn], result: _Graded | None) -> str:
    if len(hand_ins) > 1:
        paths = ", ".join(hand_in.path for hand_in in hand_ins)
        return f"there are {len(hand_ins)} hand-ins, and which one counts is for a person to say: {paths}"
    if result is None:
        return NOT_YET
    return "" if result.score is not None else result.reason


def _late(policy: LatePolicy | None, submitted_at: datetime | None, max_score: Fraction) -> LateMark | None:
    # Where only a flag says that it was late, how late is unknown: a person decides.
    return None if policy is None or submitted_at is None else late_mark(policy, submitted_at, max_score)


def _of_group(hand_in: HandIn, adjustments: Mapping[str, Sequence[Adjustment]]) -> tuple[Adjustment, ...]:
    """Return the adjustments of all members; what was written down alike for several counts once."""
    if len(hand_in.students) == 1:
        return tuple(adjustments.get(hand_in.students[0], ()))
    given: dict[tuple[str, Fraction, str], Adjustment] = {}
    for student in hand_in.students:
        for adjustment in adjustments.get(student, ()):
            given.setdefault((adjustment.problem, adjustment.points, adjustment.reason), adjustment)
    return tuple(given.values())


def _adjusted(problem: ProblemMark, adjustments: Sequence[Adjustment]) -> ProblemMark:
    changes = [adjustment.points for adjustment in adjustments if adjustment.problem == problem.id]
    if not changes:
        return problem
    return problem.model_copy(update={"adjusted": problem.score + sum(changes, start=Fraction(0))})
