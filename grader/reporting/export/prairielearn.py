"""PrairieLearn: ``results.json`` of one submission.

Fields as in ``docs/externalGrading.md`` of PrairieLearn/PrairieLearn, "Grading results": a score from 0 to 1; what is
not gradable costs no attempt and no points; more than 1 MB fails the job.
"""

import json
from fractions import Fraction
from typing import Any

from grader.model.base import number_from_points
from grader.model.report import CheckReport, Finding, SubmissionReport
from grader.reporting.check_words import check_name, check_text
from grader.reporting.head import Head
from grader.reporting.page import visible_text
from grader.reporting.points import undecided_for_a_person
from grader.words import as_written, say

MAX_BYTES = 1_000_000
_SHORT_CHARACTERS = 200


def prairielearn(
    head: Head, submission: SubmissionReport, *, score: Fraction | None = None, says: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return what PrairieLearn takes for one submission.

    Parameters
    ----------
    head : Head
        The run.
    submission : SubmissionReport
        Graded or not.
    score : Fraction, optional
        The points that count, where they are not what was graded.
    says : tuple of str
        Lines for the student above the tests.

    Returns
    -------
    dict
        Ready for `json.dumps`, at most 1 MB in UTF-8. A submission that was not graded, or that could not be run at
        all, is not gradable: it costs the student nothing.
    """
    with as_written(head.language):
        faults = _format_errors(submission)
        if submission.score is None or faults:
            shown = faults or [visible_text(say("report.not_graded_no_fault", reason=submission.reason))]
            return {"gradable": False, "format_errors": shown}
        points = submission.score if score is None else score
        lines = list(says)
        if submission.undecided > 0:
            lines.append(undecided_for_a_person(submission.undecided))
        printed = submission.printed.text if submission.printed is not None else ""
        most = head.assignment.max_score
        results = {
            "gradable": True,
            "score": float(min(max(points / most, Fraction(0)), Fraction(1))) if most else 0.0,
            "message": visible_text("\n".join([*lines, *submission.notes])),
            "output": visible_text(printed),
            "tests": [_test(problem.id, check) for problem in submission.problems for check in problem.checks],
        }
        return _fitting(results)


def _format_errors(submission: SubmissionReport) -> list[str]:
    checks = [check for problem in submission.problems for check in problem.checks]
    if not checks or any(check.outcome is not Finding.NOT_LOADED for check in checks):
        return []
    return [visible_text(text) for text in submission.notes or (checks[0].message,)]


def _test(problem: str, check: CheckReport) -> dict[str, Any]:
    # Points that one test lacks would turn points off for all tests.
    return {
        "name": f"{problem} · {check_name(check)}",
        "description": visible_text(check.tried),
        "points": number_from_points(check.score),
        "max_points": number_from_points(check.max_score),
        "message": visible_text(check.message),
        "output": visible_text(check_text(check)),
    }


def _fitting(results: dict[str, Any]) -> dict[str, Any]:
    """Leave out output, longest first, until the file is small enough; points always stay."""
    tests: list[dict[str, Any]] = results["tests"]
    parts = sorted([results, *tests], key=lambda part: -len(part["output"]))
    for part in parts:
        if len(json.dumps(results, ensure_ascii=False).encode("utf-8", "backslashreplace")) <= MAX_BYTES:
            return results
        part["output"] = f"{part['output'][:_SHORT_CHARACTERS]}\n… {say('report.larger_than_1_mb')}"
    return results
