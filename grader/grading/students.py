"""What students are shown of a run: words and values from the visible checks alone, points from all of them.

A hidden check's inputs could reach a student through what the submission prints, raises or returns while it is called,
and through the smallest failing case. So nothing that a student reads comes from the run in which it is called.
"""

from dataclasses import dataclass, replace

from grader.grading.basis import Grading
from grader.grading.engine import Done, GradeRequest, grade
from grader.grading.part import WITH_GRADES, visible_part
from grader.model.assignment import Assignment
from grader.model.checks import Check
from grader.model.report import CheckReport, Finding, ProblemReport, Report, SubmissionReport, Verdict
from grader.model.submission import Submission
from grader.words import in_language, say

HIDDEN_KIND = "hidden"
"""Stands for the kind of a check that is not shown."""
# Why there was nothing to call says nothing of the inputs; every other reason becomes this one.
_TOLD = frozenset({Finding.MISSING, Finding.NOT_CALLABLE, Finding.NOT_LOADED})


def grader_failed() -> str:
    """Return what students are told where nothing was graded, through no fault of theirs."""
    return say("hidden.grader_failed")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StudentsRun:
    """One run in three views; submissions stand in the same order in all of them.

    Parameters
    ----------
    full : Report
        Of all checks: for the lecturer.
    visible : Report
        Of the visible checks alone, as if there were no others.
    shown : Report
        For students: points of `full`, words of `visible`.
    """

    full: Report
    visible: Report
    shown: Report


def grade_for_students(request: GradeRequest, done: Done | None = None) -> StudentsRun:
    """Grade submissions so that what students read tells nothing of hidden checks.

    Parameters
    ----------
    request : GradeRequest
        What and how, with the whole assignment.
    done : callable, optional
        See `grader.grading.engine.grade`.

    Returns
    -------
    StudentsRun
        Where some check is not visible, each submission was run a second time, with the visible checks only.

    Raises
    ------
    PlanError, TrustedFunctionError, SandboxUnavailableError
        As `grader.grading.engine.grade`.
    """
    assignment = request.rubric.assignment
    part = visible_part(assignment)
    full = grade(request, done)
    visible = full
    if part.problem != assignment.problem:
        visible = grade(replace(request, rubric=replace(request.rubric, assignment=part)))
    with in_language(request.rubric.words):
        submissions = tuple(
            shown_to_students(assignment, submission, ours, seen)
            for submission, ours, seen in zip(request.submissions, full.submissions, visible.submissions, strict=True)
        )
    return StudentsRun(
        full=full,
        visible=visible,
        shown=full.model_copy(update={"submissions": submissions, "plan": (), "timings": {}}),
    )


def with_grades(grading: Grading) -> Grading | None:
    """Return what a student's words come from once the grades are out.

    Parameters
    ----------
    grading : Grading
        Plan and truth of the whole assignment.

    Returns
    -------
    Grading or None
        Of all checks but the hidden ones, on the same cases; None where no check is hidden, so that nothing need be
        run a second time.
    """
    plan = grading.plan
    part = visible_part(plan.assignment, WITH_GRADES)
    if part.problem == plan.assignment.problem:
        return None
    return Grading(plan=replace(plan, assignment=part), truth=grading.truth)


def shown_to_students(
    assignment: Assignment, submission: Submission, full: SubmissionReport, visible: SubmissionReport
) -> SubmissionReport:
    """Return what a student is shown of a submission's report.

    Parameters
    ----------
    assignment : Assignment
        The whole.
    submission : Submission
        What was handed in.
    full, visible : SubmissionReport
        Of all checks, and of the visible ones alone.

    Returns
    -------
    SubmissionReport
        Not graded where either is not: words without points, or points without words, would mislead.
    """
    if full.score is None or visible.score is None:
        own = submission.problem if submission.unreadable or submission.undecided else grader_failed()
        return full.model_copy(
            update={
                "status": "not_graded",
                "score": None,
                "undecided": full.max_score,
                "reason": own,
                "notes": (),
                "printed": None,
                "problems": (),
            }
        )
    seen = {problem.id: problem for problem in visible.problems}
    visibility = {f"{p.id}.{check.name}": check for p in assignment.problem for check in p.check}
    problems, hidden = [], 0
    for problem in full.problems:
        checks: list[CheckReport] = []
        words = {check.id: check for check in seen[problem.id].checks} if problem.id in seen else {}
        for check in problem.checks:
            if check.id in words:
                checks.append(_visible(check, words[check.id]))
            else:
                hidden += 1
                checks.append(_hidden(problem.id, hidden, check, visibility[check.id]))
        reason = _reason(problem, seen.get(problem.id))
        problems.append(problem.model_copy(update={"checks": tuple(checks), "reason": reason}))
    return full.model_copy(update={"problems": tuple(problems), "notes": visible.notes, "printed": visible.printed})


def _visible(full: CheckReport, seen: CheckReport) -> CheckReport:
    """Return a visible check's own words with the points that it earned among all checks."""
    # The command that runs it again names the seed and a rubric that students do not have.
    update: dict[str, object] = {"score": full.score, "again": ""}
    if seen.verdict is Verdict.AGREES and full.score < seen.score:
        update |= {"outcome": Finding.NEEDS_RIGHTNESS, "message": say("hidden.counts_together")}
    return seen.model_copy(update=update)


def _hidden(problem: str, number: int, check: CheckReport, rubric: Check) -> CheckReport:
    return CheckReport(
        id=f"{problem}.hidden check {number}",
        kind=HIDDEN_KIND,
        verdict=check.verdict,
        outcome=_one_word(check),
        score=check.score,
        max_score=check.max_score,
        message="" if rubric.visibility == "visible" else say(f"hidden.found_{rubric.visibility}"),
        tried="",
    )


def _one_word(check: CheckReport) -> Finding:
    match check.verdict:
        case Verdict.AGREES:
            return Finding.RIGHT if check.score >= check.max_score else Finding.NEEDS_RIGHTNESS
        case Verdict.DISAGREES:
            return check.outcome if check.outcome in _TOLD else Finding.WRONG_VALUES
        case Verdict.INCONCLUSIVE:
            return Finding.UNINFORMATIVE
        case Verdict.NOT_GRADED:
            return Finding.GRADER_FAULT


def _reason(full: ProblemReport, seen: ProblemReport | None) -> str:
    if seen is not None and seen.reason:
        return seen.reason
    return say("hidden.found_something") if full.score + full.undecided < full.max_score else ""
