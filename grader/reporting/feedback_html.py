"""The feedback of one student as one HTML file: offline, without scripts, for a phone, for the dark and for paper."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from grader.model.report import FailureReport, ProblemReport
from grader.reporting.check_words import case_facts, case_title, missing_reason, no_score, our_fault
from grader.reporting.content_policy import page_policy
from grader.reporting.derivation_lines import signed_lines
from grader.reporting.feedback import Feedback, file_line, headline, sum_lines, undecided_line, whose_line
from grader.reporting.feedback_markdown import CODE_COLUMNS, OUTPUT_LINES
from grader.reporting.page import visible_text
from grader.reporting.paragraphs import Paragraph, paragraphs_of
from grader.reporting.points import score_text, undecided_count
from grader.reporting.python_lines import python_lines
from grader.reporting.shown_output import shown_output
from grader.words import as_written, language_in_force, say

FIRST_LINE = "<!doctype html><!-- grader-feedback/1 -->"
"""By it a file is known to have been written here."""
_TEMPLATE = "feedback.html.jinja"
_PROBLEM = "feedback_problem.html.jinja"
_STYLE = "feedback.css"


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlPart:
    """What a page tells of one problem.

    Parameters
    ----------
    row : Markup
        Of the table.
    below : Markup
        What stands below the table; may be empty.
    """

    row: Markup
    below: Markup


class FeedbackPage:
    """Makes the page of one student or group; the templates are compiled once, for a whole class.

    Notes
    -----
    Every text is escaped by the template engine. Besides, the page forbids itself everything but its own style sheet,
    which is allowed by its hash (Content Security Policy Level 3, section 2.3.1), so that a text that came through
    could neither run nor load anything.
    """

    def __init__(self) -> None:
        folder = files("grader.reporting")
        style = folder.joinpath(_STYLE).read_text(encoding="utf-8")
        # A line end before the closing tag would be part of what is hashed, so none is added by the template.
        environment = Environment(
            autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_safe
        )
        environment.filters["score"] = lambda part: score_text(part.score, part.max_score)
        environment.filters["python"] = _python
        environment.filters["undecided"] = undecided_count
        environment.globals |= {
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
        self._page = environment.from_string(folder.joinpath(_TEMPLATE).read_text(encoding="utf-8"))
        macros = vars(environment.from_string(folder.joinpath(_PROBLEM).read_text(encoding="utf-8")).make_module())
        self._row: Callable[[ProblemReport], Markup] = macros["row"]
        self._below: Callable[[Sequence[Paragraph]], Markup] = macros["below"]

    def __call__(self, feedback: Feedback) -> str:
        """Return a page.

        Parameters
        ----------
        feedback : Feedback
            Theirs.

        Returns
        -------
        str
        """
        problems = feedback.submission.problems
        with as_written(feedback.language):
            return self.of(feedback, [self.part(problem, problems) for problem in problems])

    def part(self, problem: ProblemReport, beside: Sequence[ProblemReport]) -> HtmlPart:
        """Return what a page tells of one problem, in the language that is in force.

        Parameters
        ----------
        problem : ProblemReport
            The problem.
        beside : sequence of ProblemReport
            As for `paragraphs_of`.

        Returns
        -------
        HtmlPart
        """
        return HtmlPart(row=self._row(problem), below=self._below(paragraphs_of(problem, beside)))

    def of(self, feedback: Feedback, parts: Sequence[HtmlPart]) -> str:
        """Return a page, in the language that is in force.

        Parameters
        ----------
        feedback : Feedback
            Theirs; the problems of its submission are not read.
        parts : sequence of HtmlPart
            One a problem, in the rubric's order.

        Returns
        -------
        str
        """
        submission = feedback.submission
        printed = submission.printed
        return self._page.render(
            feedback=feedback,
            submission=submission,
            headline=headline(feedback),
            whose=whose_line(feedback),
            file=file_line(feedback),
            undecided=undecided_line(feedback),
            sum_lines=sum_lines(feedback),
            no_score=no_score(submission),
            parts=parts,
            output=shown_output(printed, OUTPUT_LINES) if printed is not None and printed.text.strip() else None,
        )


def _safe(value: object) -> object:
    # Markup is a str: only plain strings come from students, and they may hold what steers a reader's eye.
    return visible_text(value) if type(value) is str else value


def _python(failure: FailureReport) -> str:
    lines = [*python_lines(failure.inputs, CODE_COLUMNS), *python_lines(failure.call, CODE_COLUMNS)]
    return "\n".join(lines)
