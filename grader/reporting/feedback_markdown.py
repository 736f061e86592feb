"""The feedback of one student as Markdown: the score first, a line a problem, then what failed."""

import re
from collections.abc import Iterator, Sequence

from grader.model.report import FailureReport, ProblemReport
from grader.reporting.check_words import case_facts, case_title, labelled, missing_reason, no_score, our_fault
from grader.reporting.derivation_lines import signed_lines
from grader.reporting.feedback import Feedback, file_line, headline, sum_lines, undecided_line, whose_line
from grader.reporting.page import visible_text
from grader.reporting.paragraphs import Paragraph, paragraphs_of
from grader.reporting.points import score_text, undecided_count
from grader.reporting.python_lines import python_lines
from grader.reporting.shown_output import shown_output
from grader.words import as_written, say

FIRST_LINE = "<!-- grader-feedback/1 -->"
"""By it a file is known to have been written here."""
OUTPUT_LINES = 40
CODE_COLUMNS = 88
# An underscore within a word is only an underscore, and names of functions stay readable (CommonMark 0.31, 6.2).
_PAIRED = re.compile(r"([\\`*\[\]<|~&$]|(?<![^\W_])_|_(?![^\W_]))")
_BLOCK_START = re.compile(r"^([-+=#>]|\d+(?=[.)](?:\s|$)))")
_FENCE = re.compile(r"`{3,}")
_TICKS = re.compile(r"`+")


def inline(text: str) -> str:
    r"""Return text for the inside of a Markdown paragraph or cell, where it means only itself.

    Parameters
    ----------
    text : str
        Anything, also from a student.

    Returns
    -------
    str
        One line.

    Notes
    -----
    CommonMark 0.31, section 2.4: a backslash before ASCII punctuation makes it literal. Colons of addresses are escaped
    because GitHub makes links of bare ones (GFM, section 6.9).
    """
    escaped = _PAIRED.sub(r"\\\1", " ".join(visible_text(text).split()))
    escaped = escaped.replace("://", "\\://").replace("www.", "www\\.")
    return _BLOCK_START.sub(_escaped_start, escaped)


def _escaped_start(found: re.Match[str]) -> str:
    # "1. " begins a list as "- " does; a backslash before a digit is no escape, so it stands before the dot.
    return f"{found[1]}\\" if found[1].isdigit() else f"\\{found[1]}"


def code_span(text: str) -> str:
    """Return text as code within a line, whatever backticks it holds.

    Parameters
    ----------
    text : str
        Anything, also from a student.

    Returns
    -------
    str
        One line; empty for text without a character to show.
    """
    shown = " ".join(visible_text(text).split())
    ticks = "`" * (max((len(each) for each in _TICKS.findall(shown)), default=0) + 1)
    # CommonMark 0.31, section 6.1: one space at each end is taken away.
    return f"{ticks} {shown} {ticks}" if "`" in shown else f"{ticks}{shown}{ticks}" if shown else ""


def code(text: str, *, language: str = "") -> str:
    """Return text as a fenced block, whatever fences it holds.

    Parameters
    ----------
    text : str
        Anything, also from a student.
    language : str
        For highlighting.

    Returns
    -------
    str
        Ends in a line end.
    """
    shown = visible_text(text)
    fence = "`" * max(3, *(len(each) + 1 for each in _FENCE.findall(shown)), 3)
    return f"{fence}{language}\n{shown}\n{fence}\n"


def feedback_markdown(feedback: Feedback) -> str:
    """Return the feedback of one student or group.

    Parameters
    ----------
    feedback : Feedback
        Theirs.

    Returns
    -------
    str
        CommonMark with GitHub's tables. Text of the student is escaped or stands in code blocks.
    """
    problems = feedback.submission.problems
    with as_written(feedback.language):
        return markdown_of(feedback, [MarkdownPart(problem, problems) for problem in problems])


class MarkdownPart:
    """What a page tells of one problem.

    Parameters
    ----------
    problem : ProblemReport
        The problem.
    beside : sequence of ProblemReport
        As for `paragraphs_of`.

    Attributes
    ----------
    row : str
        Of the table.
    below : str
        What stands below the table; may be empty.
    """

    __slots__ = ("below", "row")

    def __init__(self, problem: ProblemReport, beside: Sequence[ProblemReport]) -> None:
        self.row = _problem_row(problem)
        told = paragraphs_of(problem, beside)
        self.below = "\n".join(line for paragraph in told for line in _paragraph(paragraph))


def markdown_of(feedback: Feedback, parts: Sequence[MarkdownPart]) -> str:
    """Return the feedback of one student or group, in the language that is in force.

    Parameters
    ----------
    feedback : Feedback
        Theirs; the problems of its submission are not read.
    parts : sequence of MarkdownPart
        One a problem, in the rubric's order.

    Returns
    -------
    str
        As `feedback_markdown`.
    """
    return "\n".join([FIRST_LINE, *_lines(feedback, parts)]).rstrip("\n") + "\n"


def _lines(feedback: Feedback, parts: Sequence[MarkdownPart]) -> Iterator[str]:
    submission = feedback.submission
    yield f"# {inline(feedback.assignment.title)}: {inline(headline(feedback))}\n"
    yield f"{inline(whose_line(feedback))}\n\n{inline(file_line(feedback))}\n"
    if submission.score is None:
        yield f"**{inline(say('feedback.not_graded'))}** {inline(submission.reason)}\n"
        facts = ((say("label.fault"), our_fault()), (say("label.score"), no_score(submission)))
        yield "\n".join(f"- {inline(labelled(label, fact))}" for label, fact in facts) + "\n"
    if undecided := undecided_line(feedback):
        yield f"**{inline(undecided)}**\n"
    if lines := sum_lines(feedback):
        yield f"| | {inline(say('feedback.points'))} | |\n|---|---:|---|"
        yield from (f"| {inline(line.label)} | {inline(line.points)} | {inline(line.says)} |" for line in lines)
        yield ""
    if parts:
        yield f"| {inline(say('feedback.problem'))} | {inline(say('feedback.points'))} | |\n|---|---:|---|"
        yield from (part.row for part in parts)
        yield ""
    yield from (part.below for part in parts if part.below)
    yield from _besides(feedback)


def _problem_row(problem: ProblemReport) -> str:
    undecided = undecided_count(problem.undecided) if problem.undecided > 0 else ""
    says = "; ".join(part for part in (undecided, missing_reason(problem)) if part)
    return f"| {inline(problem.id)} | {inline(score_text(problem.score, problem.max_score))} | {inline(says)} |"


def _paragraph(paragraph: Paragraph) -> Iterator[str]:
    if paragraph.names:
        yield f"## {' · '.join(map(inline, paragraph.names))}\n"
    if paragraph.message:
        yield f"{inline(paragraph.message)}\n"
    if paragraph.lines:
        yield "\n".join(f"- {sign} {inline(says)}" for sign, says in signed_lines(paragraph.lines)) + "\n"
    facts = []
    if paragraph.also:
        facts.append((say("label.also"), paragraph.also))
    for diagnosis in paragraph.likely:
        facts.append((say("label.likely"), diagnosis.says))
        if diagnosis.hint:
            facts.append((say("label.hint"), diagnosis.hint))
    facts += [(say("label.withheld"), line) for line in paragraph.withheld]
    if paragraph.sign.value == "fault":
        facts.append((say("label.fault"), our_fault()))
    if paragraph.held:
        facts.append((say("label.undecided"), paragraph.held))
    if facts:
        yield "\n".join(f"- **{inline(labelled(label, '').rstrip())}** {inline(fact)}" for label, fact in facts) + "\n"
    if paragraph.failure is not None:
        yield from _failure(paragraph.failure)


def _failure(failure: FailureReport) -> Iterator[str]:
    lines = [*python_lines(failure.inputs, CODE_COLUMNS), *python_lines(failure.call, CODE_COLUMNS)]
    yield f"{inline(say('report.above', title=case_title(failure)))}\n"
    yield code("\n".join(lines), language="python")
    as_code = {say("label.got"), failure.against or say("label.expected"), say("label.your_line")}
    for label, fact in case_facts(failure).items():
        before = inline(labelled(label, "").rstrip())
        if "\n" in fact:
            yield f"{before}\n\n{code(fact)}"
        else:
            yield f"- {before} {code_span(fact) if label in as_code else inline(fact)}"
    yield ""


def _besides(feedback: Feedback) -> Iterator[str]:
    submission = feedback.submission
    if submission.notes:
        yield f"## {inline(say('feedback.notes'))}\n"
        yield from (f"- {inline(note)}" for note in submission.notes)
        yield ""
    if submission.printed is not None and submission.printed.text.strip():
        output = shown_output(submission.printed, OUTPUT_LINES)
        yield f"## {inline(say('feedback.printed'))}\n\n{code(chr(10).join(output.lines))}"
        yield from (f"… {inline(line)}\n" for line in output.left_out)
