"""Gradescope: ``results.json`` of one submission.

Fields as in Gradescope's "Autograder Specifications", "Output format"; nan and infinity are no JSON.
"""

from fractions import Fraction
from typing import Any

from grader.model.base import number_from_points
from grader.model.report import CheckReport, SubmissionReport, Verdict
from grader.reporting.check_words import check_name, check_text, labelled
from grader.reporting.export.no_grade import NoGradeError
from grader.reporting.head import Head
from grader.reporting.page import visible_text
from grader.reporting.points import undecided_for_a_person
from grader.words import as_written, say


def gradescope(
    head: Head, submission: SubmissionReport, *, score: Fraction | None = None, says: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return what Gradescope takes for one submission.

    Parameters
    ----------
    head : Head
        The run.
    submission : SubmissionReport
        A graded one.
    score : Fraction, optional
        What counts, where it is not what was graded: after adjustments, for instance.
    says : tuple of str
        Lines for the student above the tests: what was added or taken away.

    Returns
    -------
    dict
        Ready for `json.dumps`. Whether a test shows is left to Gradescope's default.

    Raises
    ------
    NoGradeError
        The submission was not graded: Gradescope has no word for that, and 0 points would be a lie.
    """
    if submission.score is None:
        raise NoGradeError(submission.reason)
    with as_written(head.language):
        total = submission.score if score is None else score
        lines = [*says, *(labelled(say("label.note"), note) for note in submission.notes)]
        if submission.undecided > 0:
            lines.append(undecided_for_a_person(submission.undecided))
        return {
            # Overrides the sum of the tests.
            "score": number_from_points(total),
            "output": visible_text("\n".join(lines)),
            "output_format": "text",
            "test_output_format": "text",
            "test_name_format": "text",
            "tests": [
                _test(f"{p}.{c}", problem.id, check)
                for p, problem in enumerate(submission.problems, start=1)
                for c, check in enumerate(problem.checks, start=1)
            ],
            "extra_data": {
                "grader_version": head.grader_version,
                "assignment": head.assignment.id,
                "assignment_sha256": head.assignment.sha256,
                "submission_sha256": submission.sha256,
                "seed": str(head.seed),
            },
        }


def _test(number: str, problem: str, check: CheckReport) -> dict[str, Any]:
    return {
        "number": number,
        "name": f"{problem} · {check_name(check)}",
        "score": number_from_points(check.score),
        "max_score": number_from_points(check.max_score),
        # Without a status Gradescope takes it from the points: of 0 points, a test would count as failed.
        "status": "passed" if check.verdict is Verdict.AGREES and check.score >= check.max_score else "failed",
        "output": visible_text(check_text(check)),
    }
