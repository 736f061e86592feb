"""What one student, or one group, is told: the report of their hand-in and how the grade came about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Literal

from pydantic import Field

from grader.model.base import Points, Value
from grader.model.gradebook import LateMark, Mark
from grader.model.handin import HandIn, Student
from grader.model.isolation import IsolationReport
from grader.model.report import AssignmentReport, SubmissionReport
from grader.model.seed import Seed
from grader.reporting.check_words import labelled
from grader.reporting.head import Head
from grader.reporting.points import and_undecided, points_text, score_text
from grader.words import say

MINUS = "\u2212"


class FeedbackAdjustment(Value):
    """A change of points, without saying on whose request."""

    problem: str
    """The problem's id; empty for the assignment as a whole."""
    points: Points
    reason: str


class Feedback(Value):
    """Everything that one student or group is told."""

    schema_: Literal["grader-feedback/1"] = Field(default="grader-feedback/1", alias="schema")
    grader_version: str
    assignment: AssignmentReport
    seed: Seed
    isolation: IsolationReport
    language: str = "en"
    """Of what is said; a BCP 47 tag."""
    hand_in: str
    students: tuple[str, ...]
    """Names as shown; the members of a group know each other."""
    submitted_at: str = ""
    """ISO 8601 with a time zone; empty where unknown."""
    earlier: int = 0
    """Hand-ins that this one replaces."""
    counts: Points | None
    """What counts; null where nothing was graded."""
    undecided: Points
    adjustments: tuple[FeedbackAdjustment, ...] = ()
    late: LateMark | None = None
    submission: SubmissionReport


def make_feedback(
    head: Head, hand_in: HandIn, students: Sequence[Student], mark: Mark, submission: SubmissionReport
) -> Feedback:
    """Return what the members of one hand-in are told.

    Parameters
    ----------
    head : Head
        The run.
    hand_in : HandIn
        Theirs.
    students : sequence of Student
        Its members.
    mark : Mark
        The grade, the same for all members.
    submission : SubmissionReport
        The report of the hand-in.

    Returns
    -------
    Feedback
    """
    return Feedback(
        grader_version=head.grader_version,
        assignment=head.assignment,
        seed=head.seed,
        isolation=head.isolation,
        language=head.language,
        hand_in=hand_in.id,
        students=tuple(student.shown for student in students),
        submitted_at=hand_in.submitted_at.isoformat() if hand_in.submitted_at is not None else "",
        earlier=len(hand_in.earlier),
        counts=mark.final,
        undecided=mark.undecided,
        adjustments=tuple(
            FeedbackAdjustment(problem=each.problem, points=each.points, reason=each.reason)
            for each in mark.adjustments
        ),
        late=mark.late,
        submission=submission,
    )


def whose_line(feedback: Feedback) -> str:
    """Return whose feedback it is.

    Parameters
    ----------
    feedback : Feedback
        Theirs.

    Returns
    -------
    str
        The names; a name may hold a comma, as in ``"Lovelace, Ada; Hopper, Grace"``.
    """
    return "; ".join(feedback.students)


def file_line(feedback: Feedback) -> str:
    """Return what was graded: who handed in several times, or late, sees which file it was.

    Parameters
    ----------
    feedback : Feedback
        Theirs.

    Returns
    -------
    str
        Such as ``"hw1-1.py, the newest of 2 hand-ins; handed in 2026-10-01 18:00 UTC"``.
    """
    file = feedback.submission.path
    if feedback.earlier:
        file = say("feedback.newest", file=file, n=feedback.earlier + 1)
    if not feedback.submitted_at:
        return file
    return say(
        "feedback.handed_in", file=file, when=f"{datetime.fromisoformat(feedback.submitted_at):%Y-%m-%d %H:%M %Z}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SumLine:
    """One line of the sum that a grade is.

    Parameters
    ----------
    label, points, says : str
        What, how many, why; `says` may be empty.
    """

    label: str
    points: str
    says: str = ""


def headline(feedback: Feedback) -> str:
    """Return the score that counts, in words.

    Parameters
    ----------
    feedback : Feedback
        Theirs.

    Returns
    -------
    str
        Such as ``"52.5 / 100"``.
    """
    if feedback.counts is None:
        return say("report.not_graded")
    return score_text(feedback.counts, feedback.submission.max_score)


def sum_lines(feedback: Feedback) -> tuple[SumLine, ...]:
    """Return how the grade came about: graded, adjusted, late, what counts.

    Parameters
    ----------
    feedback : Feedback
        Theirs.

    Returns
    -------
    tuple of SumLine
        Empty where nothing was added to or taken from what was graded.
    """
    score, counts, late = feedback.submission.score, feedback.counts, feedback.late
    late_costs = late is not None and (late.penalty > 0 or late.late_s > 0)
    if score is None or counts is None or not (feedback.adjustments or late_costs):
        return ()
    most = feedback.submission.max_score
    lines = [SumLine(label=say("sum.graded"), points=score_text(score, most))]
    for each in feedback.adjustments:
        says = labelled(each.problem, each.reason) if each.problem else each.reason
        lines.append(SumLine(label=say("sum.adjusted"), points=_signed(each.points), says=says))
    below = score + sum((each.points for each in feedback.adjustments), start=Fraction(0))
    if late is not None and late_costs:
        lines.append(SumLine(label=say("sum.late"), points=_signed(-late.penalty), says=late.says))
        below -= late.penalty
    says = say("sum.never_below_0") if below < 0 else ""
    return (*lines, SumLine(label=say("sum.counts"), points=score_text(counts, most), says=says))


def _signed(points: Fraction) -> str:
    if points == 0:
        return "0"
    return f"+{points_text(points)}" if points > 0 else f"{MINUS}{points_text(-points)}"


def undecided_line(feedback: Feedback) -> str:
    """Return what is said of points that nobody has decided on; empty where there are none.

    Parameters
    ----------
    feedback : Feedback
        Theirs.

    Returns
    -------
    str
    """
    if feedback.counts is None or feedback.undecided == 0:
        return ""
    return and_undecided(feedback.undecided)
