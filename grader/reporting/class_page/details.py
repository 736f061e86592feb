"""A student's own report, short enough to stand inside the page of a small class."""

from typing import Any

from grader.model.gradebook import Mark, ProblemHead
from grader.model.report import CheckReport, ProblemReport, SubmissionReport, Verdict
from grader.reporting.points import points_text, score_text

MOST_CHARACTERS = 4000
"""Of one text of a report: the student's feedback beside the page has all of it."""


def report_details(report: SubmissionReport) -> dict[str, Any]:
    """Return what the page says of one submission.

    Parameters
    ----------
    report : SubmissionReport
        Its report.

    Returns
    -------
    dict
        Texts and lists of texts; keys without a value are left out.
    """
    return _without_empty(
        {
            "reason": _cut(report.reason),
            "notes": [_cut(note) for note in report.notes],
            "printed": _cut(report.printed.text) if report.printed else "",
            "problems": [_problem(problem) for problem in report.problems],
        }
    )


def _problem(problem: ProblemReport) -> dict[str, Any]:
    diagnoses = {each.id: each for check in problem.checks for each in check.diagnoses}
    return _without_empty(
        {
            "id": problem.id,
            "title": problem.title,
            "score": score_text(problem.score, problem.max_score),
            "undecided": points_text(problem.undecided) if problem.undecided else "",
            "full": problem.score >= problem.max_score,
            "why": [_without_empty({"says": each.says, "hint": each.hint}) for each in diagnoses.values()],
            "checks": [_check(check) for check in problem.checks if check.verdict is not Verdict.AGREES],
        }
    )


def _check(check: CheckReport) -> dict[str, Any]:
    failure = check.failure
    shown: dict[str, str] = {}
    if failure is not None:
        shown = {
            "code": _cut(f"{failure.inputs}\n{failure.call}"),
            "got": _cut(failure.got),
            "expected": _cut(failure.expected),
            "off by": failure.off_by,
            "allowed": failure.allowed,
            "line": _cut(failure.source),
        }
    return _without_empty(
        {"id": check.id, "says": _cut(check.message), "held": check.verdict is Verdict.INCONCLUSIVE, **shown}
    )


def mark_details(mark: Mark, problems: tuple[ProblemHead, ...]) -> dict[str, Any]:
    """Return what the page says of one student's grade, beside the report.

    Parameters
    ----------
    mark : Mark
        The grade.
    problems : tuple of ProblemHead
        Of the assignment.

    Returns
    -------
    dict
        Empty where the report says everything.
    """
    titles = {problem.id: problem.title for problem in problems}
    return _without_empty(
        {
            "reason": _cut(mark.reason),
            "late": mark.late.says if mark.late is not None and mark.late.late_s > 0 else "",
            "adjusted": [
                f"{'+' if each.points > 0 else '−' if each.points < 0 else ''}{points_text(abs(each.points))}: "
                + (f"{titles.get(each.problem, each.problem)}. " if each.problem else "")
                + _cut(each.reason)
                for each in mark.adjustments
            ],
        }
    )


def _cut(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in ("", [], False)}
