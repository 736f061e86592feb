"""One submission and its report, whatever becomes of it; how the report speaks of the run that it is of."""

import shlex
from contextlib import nullcontext
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from grader.grading.basis import Basis
from grader.grading.submission import Again, grade_problems
from grader.grading.told import caller_of, line_notes, notes
from grader.model.assignment import Assignment
from grader.model.checks import ApartCheck
from grader.model.report import PrintedReport, SubmissionReport
from grader.model.submission import Submission
from grader.sandbox import Isolation, Usage
from grader.sandbox.running import Runner, Running
from grader.words import in_language, say

if TYPE_CHECKING:
    from grader.grading.apart import Timing, WholeSubmission


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """What a report says of how it came about, besides its plan.

    Parameters
    ----------
    rubric : str
        The rubric as the user named it.
    isolation : str
        What was asked for, see `grader.sandbox.open_sandbox`.
    secret : bool
        Whether the seed is secret, so that no command may name it.
    kit : bool
        Whether a student checks with a kit, which has a command of its own.
    again : Again or None
        Writes the command that runs a check again, where it is none of the command line.
    language : str or None
        Of what the report says, as `grader.words.in_language` takes it; None: the one that is in force.
    """

    rubric: str
    isolation: Isolation = "auto"
    secret: bool = False
    kit: bool = False
    again: Again | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """One submission's report, and what it took.

    Parameters
    ----------
    report : SubmissionReport
        The same whenever it is made.
    usage : Usage or None
        Seconds and bytes, which differ from run to run; None where the submission was not run.
    timings : tuple of Timing
        What was measured of functions, which differs from run to run as well.
    """

    report: SubmissionReport
    usage: Usage | None = None
    timings: tuple["Timing", ...] = ()


def grade_submission(grading: Basis, manner: Manner, sandbox: Runner, submission: Submission) -> Graded:
    """Grade one submission.

    Parameters
    ----------
    grading : Basis
        Plan and truth.
    manner : Manner
        What the report names.
    sandbox : Runner
        Runs it.
    submission : Submission
        What was handed in.

    Returns
    -------
    Graded
        Whatever goes wrong with us, too: then its report says that it was not graded, and why.
    """
    with nullcontext() if manner.language is None else in_language(manner.language):
        return _graded(grading, manner, sandbox, submission)


def _graded(grading: Basis, manner: Manner, sandbox: Runner, submission: Submission) -> Graded:
    if submission.unreadable or submission.undecided:
        return Graded(report=not_graded(grading.plan.assignment, submission, submission.problem))
    try:
        return _run(grading, manner, sandbox, submission)
    except Exception as error:  # noqa: BLE001 - one submission's trouble with us must not lose the others' grades
        # Whatever went wrong here is not the student's doing: no score, and a person looks at it.
        says = say("run.grader_failed", error=_said(error))
        return Graded(report=not_graded(grading.plan.assignment, submission, says))


def _run(grading: Basis, manner: Manner, sandbox: Runner, submission: Submission) -> Graded:
    with sandbox.session(submission) as session:
        loaded = session.load()
        caller = caller_of(session, submission, loaded)
        again = partial(_again, manner, grading.plan.seed, submission)
        apart = _whole(grading, sandbox, submission)
        problems = grade_problems(grading, caller, again, apart)
        report = SubmissionReport(
            path=submission.path,
            student=submission.student,
            sha256=submission.sha256,
            status="graded",
            score=sum((p.score for p in problems), Fraction(0)),
            max_score=grading.plan.assignment.points,
            undecided=sum((p.undecided for p in problems), Fraction(0)),
            notes=notes(submission, loaded) + line_notes(grading.plan.assignment, submission),
            printed=_printed(session),
            problems=problems,
        )
    return Graded(report=report, usage=session.usage, timings=tuple(apart.timings) if apart else ())


def _whole(grading: Basis, sandbox: Runner, submission: Submission) -> "WholeSubmission | None":
    """Return what judges the checks that are not tried case by case; None where there are none."""
    checks = (check for problem in grading.plan.assignment.problem for check in problem.check)
    if not any(isinstance(check, ApartCheck) for check in checks):
        return None
    from grader.grading.apart import WholeSubmission  # noqa: PLC0415 - few assignments need it

    return WholeSubmission(plan=grading.plan, truth=grading.truth, runner=sandbox, submission=submission)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def not_graded(assignment: Assignment, submission: Submission, reason: str) -> SubmissionReport:
    """Return the report of a submission that was not graded through no fault of its own.

    Parameters
    ----------
    assignment : Assignment
        What it would have been graded by.
    submission : Submission
        What was handed in.
    reason : str
        Why, for a person who has to look at it.

    Returns
    -------
    SubmissionReport
    """
    return SubmissionReport(
        path=submission.path,
        student=submission.student,
        sha256=submission.sha256,
        status="not_graded",
        score=None,
        max_score=assignment.points,
        undecided=assignment.points,
        reason=reason,
        problems=(),
    )


def _printed(session: Running) -> PrintedReport | None:
    printed = session.printed
    return PrintedReport(text=printed.text, truncated=printed.truncated) if printed.text else None


def _again(manner: Manner, seed: int, submission: Submission, check_id: str) -> str:
    if manner.again is not None:
        return manner.again(check_id)
    if manner.kit:
        return shlex.join(["grader", "check", submission.path, "--only", check_id])
    words = ["grader", "grade", submission.path, "--rubric", manner.rubric]
    words += ["--secret-seed", "FILE"] if manner.secret else ["--seed", str(seed)]
    words += ["--only", check_id]
    if manner.isolation != "auto":
        words += ["--isolation", manner.isolation]
    return shlex.join(words)
