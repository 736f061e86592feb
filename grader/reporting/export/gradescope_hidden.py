"""Gradescope: ``results.json`` of a submission some of whose checks are not visible to the student, or not yet."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from grader.model.checks import Visibility
from grader.model.report import SubmissionReport
from grader.reporting.export.gradescope import gradescope
from grader.reporting.head import Head
from grader.reporting.points import points_count
from grader.words import say, say_count

VISIBILITY: Mapping[Visibility, str] = {
    "visible": "visible",
    "after_due": "after_due_date",
    "after_published": "after_published",
    "hidden": "hidden",
}
"""From a rubric's words to Gradescope's."""
_LATER: tuple[Visibility, ...] = ("after_due", "after_published", "hidden")
# The platform's harness cuts longer texts in the middle.
_MOST_CHARACTERS = 90_000


def gradescope_hidden(
    head: Head, full: SubmissionReport, visible: SubmissionReport, visibility: Mapping[str, Visibility]
) -> dict[str, Any]:
    """Return what Gradescope takes for a submission, with who may see each test.

    Parameters
    ----------
    head : Head
        The run.
    full, visible : SubmissionReport
        Of all checks, and of the visible ones as if there were no others; both graded.
    visibility : mapping of str to str
        Of each check, by its id.

    Returns
    -------
    dict
        Ready for `json.dumps`. The score is that of all checks. A visible test says what the visible checks alone say,
        its points too: it would otherwise tell whether a hidden check before it agrees. What the submission printed
        and its notes are those of the run in which no hidden check called it.

    Raises
    ------
    NoGradeError
        It was not graded.
    """
    data = gradescope(head, full)
    shown = gradescope(head, visible)
    own = [check.id for problem in visible.problems for check in problem.checks]
    instead = dict(zip(own, shown["tests"], strict=True))
    ids = [check.id for problem in full.problems for check in problem.checks]
    data["tests"] = [
        _test({**test, **instead.get(id_, {}), "number": test["number"]}, VISIBILITY[visibility[id_]])
        for id_, test in zip(ids, data["tests"], strict=True)
    ]
    data["output"] = _short("\n".join([*_says(full, visibility), *([shown["output"]] if shown["output"] else [])]))
    # What the grader prints while it runs is for the course.
    data["stdout_visibility"] = "hidden"
    data["extra_data"]["isolation"] = head.isolation.level
    return data


def gradescope_failed(reason: str) -> dict[str, Any]:
    """Return what Gradescope takes where nothing was graded.

    Parameters
    ----------
    reason : str
        In words for the student.

    Returns
    -------
    dict
        Ready for `json.dumps`; without a score, for any number would be a grade.
    """
    return {"output": _short(reason), "output_format": "text", "stdout_visibility": "hidden"}


def _says(full: SubmissionReport, visibility: Mapping[str, Visibility]) -> tuple[str, ...]:
    lines = []
    for when in _LATER:
        hidden = [c for p in full.problems for c in p.checks if visibility[c.id] == when]
        if hidden:
            points = points_count(sum((check.max_score for check in hidden), start=Fraction(0)))
            lines.append(say_count(f"hidden.shown_{when}", len(hidden), points=points))
    return (*lines, say("hidden.no_total")) if lines else ()


def _test(test: dict[str, Any], visibility: str) -> dict[str, Any]:
    return {**test, "output": _short(test["output"]), "visibility": visibility}


def _short(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}\n… {say('report.too_long')}"
