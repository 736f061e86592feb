"""The feedback of one student as one HTML file: offline, without scripts, for a phone, for the dark and for paper."""

from collections.abc import Callable
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from grader.model.report import FailureReport
from grader.reporting.content_policy import page_policy
from grader.reporting.derivation_lines import signed_lines
from grader.reporting.feedback import Feedback, file_line, headline, sum_lines, undecided_line, whose_line
from grader.reporting.feedback_markdown import CODE_COLUMNS, OUTPUT_LINES
from grader.reporting.page import visible_text
from grader.reporting.paragraphs import (
    case_facts,
    case_title,
    missing_reason,
    no_score,
    our_fault,
    paragraphs,
    shown_output,
)
from grader.reporting.points import score_text, undecided_count
from grader.reporting.python_lines import python_lines
from grader.words import as_written, language_in_force, say

FIRST_LINE = "<!doctype html><!-- grader-feedback/1 -->"
"""By it a file is known to have been written here."""
_TEMPLATE = "feedback.html.jinja"
_STYLE = "feedback.css"


def feedback_page() -> Callable[[Feedback], str]:
    """Return a function that makes the page of one student or group.

    Returns
    -------
    callable
        From a `Feedback` to the page. The template is compiled once, for a whole class.

    Notes
    -----
    Every text is escaped by the template engine. Besides, the page forbids itself everything but its own style sheet,
    which is allowed by its hash (Content Security Policy Level 3, section 2.3.1), so that a text that came through
    could neither run nor load anything.
    """
    folder = files("grader.reporting")
    style = folder.joinpath(_STYLE).read_text(encoding="utf-8")
    # A line end before the closing tag would be part of what is hashed, so none is added by the template.
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_safe
    )
    environment.filters["score"] = lambda part: score_text(part.score, part.max_score)
    environment.filters["python"] = _python
    environment.filters["undecided"] = undecided_count
    template = environment.from_string(folder.joinpath(_TEMPLATE).read_text(encoding="utf-8"))
    shared = {
        "first_line": FIRST_LINE,
        "style": style,
        "policy": page_policy(style),
        "our_fault": our_fault,
        "say": say,
        "language": language_in_force,
        "missing_reason": missing_reason,
        "case_facts": case_facts,
        "signed_lines": signed_lines,
        "case_title": case_title,
    }

    def page(feedback: Feedback) -> str:
        submission = feedback.submission
        printed = submission.printed
        with as_written(feedback.language):
            return template.render(
                shared,
                feedback=feedback,
                submission=submission,
                headline=headline(feedback),
                whose=whose_line(feedback),
                file=file_line(feedback),
                undecided=undecided_line(feedback),
                sum_lines=sum_lines(feedback),
                no_score=no_score(submission),
                paragraphs=paragraphs(submission.problems),
                output=shown_output(printed, OUTPUT_LINES) if printed is not None and printed.text.strip() else None,
            )

    return page


def _safe(value: object) -> object:
    # Markup is a str: only plain strings come from students, and they may hold what steers a reader's eye.
    return visible_text(value) if type(value) is str else value


def _python(failure: FailureReport) -> str:
    lines = [*python_lines(failure.inputs, CODE_COLUMNS), *python_lines(failure.call, CODE_COLUMNS)]
    return "\n".join(lines)
