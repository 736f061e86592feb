"""GitHub Classroom: the result that its reporter reads.

Fields as in the sources of classroom-resources/autograding-grading-reporter: it adds up the tests' scores, takes every
status but "pass" for a failure, and prints names and messages to the log as they are.
"""

from collections.abc import Mapping
from typing import Any

from grader.grading.words import in_line
from grader.model.base import number_from_points
from grader.model.report import CheckReport, SubmissionReport, Verdict
from grader.reporting.check_words import check_name, check_text
from grader.reporting.page import visible_text

MOST_OUTPUT = 500


def classroom(submission: SubmissionReport, places: Mapping[str, tuple[str, int]]) -> dict[str, Any]:
    """Return the result of a submission in the form of GitHub Classroom.

    Parameters
    ----------
    submission : SubmissionReport
        As students may see it.
    places : mapping of str to (str, int)
        File and line of each problem's function, by the problem's id.

    Returns
    -------
    dict
        Ready for `json.dumps`.
    """
    if submission.score is None:
        return classroom_error(submission.reason)
    return {
        "version": 1,
        "status": "pass" if submission.score >= submission.max_score else "fail",
        "max_score": number_from_points(submission.max_score),
        "tests": [
            _test(problem.id, check, places.get(problem.id, ("", 0)))
            for problem in submission.problems
            for check in problem.checks
        ],
    }


def classroom_error(reason: str) -> dict[str, Any]:
    """Return the result of what was not graded: there is nothing to score, so that no 0 is recorded.

    Parameters
    ----------
    reason : str
        In words for the student.

    Returns
    -------
    dict
        Ready for `json.dumps`.
    """
    says = _one_line(reason)
    test = {"name": "grading", "status": "error", "message": says, "score": 0}
    return {"version": 1, "status": "error", "message": says, "max_score": 0, "tests": [test]}


def _test(problem: str, check: CheckReport, place: tuple[str, int]) -> dict[str, Any]:
    full = check.verdict is Verdict.AGREES and check.score >= check.max_score
    text = visible_text(check_text(check)).replace("##[", "# #[")
    output = text if len(text) <= MOST_OUTPUT else text[: MOST_OUTPUT - 1] + "…"
    return {
        "name": _one_line(f"{problem} · {check_name(check)}"),
        "status": "pass" if full else "error" if check.verdict is Verdict.NOT_GRADED else "fail",
        "message": "" if full else _one_line(check.message),
        "test_code": "",
        "task_id": 0,
        "filename": visible_text(place[0]),
        "line_no": place[1],
        "duration": 0,
        "score": number_from_points(check.score),
        "output": "" if full else output,
    }


def _one_line(text: str) -> str:
    # The reporter prints it after a word of its own, so only a command of the older kind could be read within the line.
    return in_line(visible_text(text)).replace("##[", "# #[")
