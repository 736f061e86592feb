"""What a check says in a cell of a notebook: a piece of HTML with its own style, and nothing that runs or loads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from importlib.resources import files
from types import MappingProxyType

from jinja2 import Environment, StrictUndefined

from grader.model.handout import Checked
from grader.model.report import FailureReport, ProblemReport, SubmissionReport, Verdict
from grader.reporting.check_view import hidden_words, kit_facts, next_step, problem_words, wrong_together
from grader.reporting.check_words import case_facts, case_title, missing_reason, our_fault
from grader.reporting.derivation_lines import signed_lines
from grader.reporting.page import UNICODE_MARKS, visible_text
from grader.reporting.paragraphs import FailedTogether, Paragraph, Sign, paragraphs
from grader.reporting.points import score_text, undecided_count
from grader.reporting.python_lines import python_lines
from grader.reporting.shown_output import shown_output
from grader.words import language_in_force, say

_OUTPUT_LINES = 12
_CODE_COLUMNS = 88


class Standing(Enum):
    """How a problem stands; names its colour."""

    RIGHT = "good"
    WRONG = "bad"
    OPEN = "wait"
    UNWRITTEN = "dim"


_MARKS = MappingProxyType(
    {
        Standing.RIGHT: UNICODE_MARKS.right,
        Standing.WRONG: UNICODE_MARKS.wrong,
        Standing.OPEN: UNICODE_MARKS.undecided,
        Standing.UNWRITTEN: UNICODE_MARKS.dot,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One line a problem."""

    standing: Standing
    problem: str
    points: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _What:
    """One reason why something is missing."""

    names: tuple[str, ...]
    message: str = ""
    title: str = ""
    code: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """All that the template shows."""

    title: str
    path: str
    rows: tuple[_Row, ...]
    paragraphs: tuple[_What, ...]
    score: str = ""
    fault: str = ""
    notes: tuple[str, ...] = ()
    printed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    hidden: str = ""
    next: str = ""


def checked_html(checked: Checked) -> str:
    """Return what was found with a kit.

    Parameters
    ----------
    checked : Checked
        The answer.

    Returns
    -------
    str
        HTML without a script; every text is escaped.
    """
    report = checked.report
    rows = (
        _Row(standing=_standing(checked, problem), problem=problem.id, says=problem_words(checked, problem))
        for problem in report.problems
    )
    return _written(
        report,
        title=checked.title,
        rows=tuple(rows),
        paragraphs=tuple(map(_with_a_kit, wrong_together(checked))),
        hidden=hidden_words(checked),
        next=next_step(checked),
    )


def graded_html(title: str, report: SubmissionReport) -> str:
    """Return what a whole rubric says.

    Parameters
    ----------
    title : str
        The assignment's.
    report : SubmissionReport
        Of one submission.

    Returns
    -------
    str
        HTML without a script; every text is escaped.
    """
    rows = []
    for problem in report.problems:
        undecided = undecided_count(problem.undecided) if problem.undecided > 0 else ""
        says = "; ".join(part for part in (undecided, missing_reason(problem)) if part)
        points = score_text(problem.score, problem.max_score)
        rows.append(_Row(standing=_of_points(problem), problem=problem.id, points=points, says=says))
    return _written(
        report,
        title=title,
        rows=tuple(rows),
        paragraphs=tuple(map(_graded, paragraphs(report.problems))),
        score=score_text(report.score, report.max_score) if report.score is not None else say("report.not_graded"),
    )


def _standing(checked: Checked, problem: ProblemReport) -> Standing:
    verdicts = {check.verdict for check in problem.checks}
    if verdicts == {Verdict.AGREES}:
        return Standing.RIGHT
    if problem.function in checked.unwritten:
        return Standing.UNWRITTEN
    return Standing.WRONG if Verdict.DISAGREES in verdicts else Standing.OPEN


def _of_points(problem: ProblemReport) -> Standing:
    if problem.score >= problem.max_score:
        return Standing.RIGHT
    return Standing.OPEN if problem.undecided > 0 else Standing.WRONG


def _with_a_kit(together: FailedTogether) -> _What:
    first, failure = together.checks[0], together.failure
    words = [*signed_lines(first.lines)]
    words += [
        (label, text)
        for d in first.diagnoses
        for label, text in ((say("label.likely"), d.says), (say("label.hint"), d.hint))
        if text
    ]
    return _What(
        names=together.names,
        message=first.message,
        title=case_title(failure) if failure is not None else "",
        code=_code(failure),
        facts=kit_facts(failure) if failure is not None else {},
        words=tuple(words),
    )


def _graded(paragraph: Paragraph) -> _What:
    failure = paragraph.failure
    words = [*signed_lines(paragraph.lines)]
    words += [(say("label.also"), paragraph.also)] if paragraph.also else []
    for diagnosis in paragraph.likely:
        words += [(say("label.likely"), diagnosis.says)]
        words += [(say("label.hint"), diagnosis.hint)] if diagnosis.hint else []
    words += [(say("label.withheld"), line) for line in paragraph.withheld]
    words += [(say("label.fault"), our_fault())] if paragraph.sign is Sign.FAULT else []
    words += [(say("label.again"), paragraph.again)] if paragraph.again else []
    words += [(say("label.undecided"), paragraph.held)] if paragraph.held else []
    return _What(
        names=paragraph.names,
        message=paragraph.message,
        title=case_title(failure) if failure is not None else "",
        code=_code(failure),
        facts=case_facts(failure) if failure is not None else {},
        words=tuple(words),
    )


def _code(failure: FailureReport | None) -> str:
    if failure is None:
        return ""
    return "\n".join([*python_lines(failure.inputs, _CODE_COLUMNS), *python_lines(failure.call, _CODE_COLUMNS)])


def _written(
    report: SubmissionReport,
    *,
    title: str,
    rows: Sequence[_Row],
    paragraphs: Sequence[_What],
    score: str = "",
    hidden: str = "",
    next: str = "",  # noqa: A002 - as it is called in the template
) -> str:
    printed = report.printed
    output = shown_output(printed, _OUTPUT_LINES) if printed is not None and printed.text.strip() else None
    shown = _Shown(
        title=title,
        path=report.path,
        rows=tuple(rows),
        paragraphs=tuple(paragraphs),
        score=score,
        fault=report.reason,
        notes=report.notes,
        printed=output.lines if output is not None else (),
        left_out=output.left_out if output is not None else (),
        hidden=hidden,
        next=next,
    )
    folder = files("grader.reporting")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_safe
    )
    template = environment.from_string(folder.joinpath("notebook.html.jinja").read_text(encoding="utf-8"))
    style = folder.joinpath("notebook.css").read_text(encoding="utf-8")
    return template.render(shown=shown, style=style, marks=_MARKS, say=say, language=language_in_force())


def _safe(value: object) -> object:
    # Markup is a str: only plain strings come from students, and they may hold what steers a reader's eye.
    return visible_text(value) if type(value) is str else value
