"""What went wrong in a submission on a terminal: each reason once, with its smallest failing input."""

from collections.abc import Sequence
from types import MappingProxyType

from rich.cells import cell_len
from rich.text import Text

from grader.model.report import FailureReport, LineReport, ProblemReport, Verdict
from grader.reporting.check_words import case_facts, case_title, our_fault
from grader.reporting.derivation_lines import line_sign, line_words
from grader.reporting.page import Page
from grader.reporting.paragraphs import Paragraph, Sign, paragraphs
from grader.reporting.points import PART_STYLE
from grader.reporting.python_lines import python_lines
from grader.words import say

_BODY = " " * 4
_LINE_STYLES = MappingProxyType(
    {
        Verdict.AGREES: "green",
        Verdict.DISAGREES: "red",
        Verdict.INCONCLUSIVE: PART_STYLE,
        Verdict.NOT_GRADED: "dim",
    }
)
_LABEL_CELLS = 11
_NARROW_CELLS = 60
"""Below this width labels stand above what they label."""


def print_failures(page: Page, problems: Sequence[ProblemReport]) -> None:
    """Write a paragraph for each reason why points are missing, in the rubric's order.

    Parameters
    ----------
    page : Page
        Where to write.
    problems : sequence of ProblemReport
        All of a submission's problems.
    """
    for paragraph in paragraphs(problems):
        print_paragraph(page, paragraph)


def print_paragraph(page: Page, paragraph: Paragraph) -> None:
    """Write one reason why points are missing.

    Parameters
    ----------
    page : Page
        Where to write.
    paragraph : Paragraph
        Without names it has no heading either.
    """
    if paragraph.names:
        page.line()
        mark, style = _mark(page, paragraph.sign)
        print_heading(page, mark, style, list(paragraph.names), paragraph.message)
    if paragraph.also:
        print_labelled(page, say("label.also"), page.text(paragraph.also))
    print_lines(page, paragraph.lines)
    if paragraph.failure is not None:
        _print_failure(page, paragraph.failure)
    for diagnosis in paragraph.likely:
        print_labelled(page, say("label.likely"), page.text(diagnosis.says, "bold"))
        if diagnosis.hint:
            print_labelled(page, say("label.hint"), page.text(diagnosis.hint))
    for line in paragraph.withheld:
        print_labelled(page, say("label.withheld"), page.text(line))
    if paragraph.sign is Sign.FAULT:
        print_labelled(page, say("label.fault"), page.text(our_fault()))
    if paragraph.again:
        _print_again(page, paragraph.again)
    if paragraph.held:
        print_labelled(page, say("label.undecided"), page.text(paragraph.held, PART_STYLE))


def print_lines(page: Page, lines: Sequence[LineReport]) -> None:
    """Write the lines of a derivation, each behind the sign of its "=".

    Parameters
    ----------
    page : Page
        Where to write.
    lines : sequence of LineReport
        Empty for any other check.
    """
    for line in lines:
        style = _LINE_STYLES[line.verdict]
        page.hang(Text(f"{_BODY}{line_sign(line, page.marks)} ", style=style), page.text(line_words(line)))


def _mark(page: Page, sign: Sign) -> tuple[str, str]:
    match sign:
        case Sign.WRONG:
            return page.marks.wrong, "red"
        case Sign.WITHHELD:
            return page.marks.dot, "dim"
        case Sign.UNDECIDED | Sign.HELD:
            return page.marks.undecided, PART_STYLE
        case Sign.FAULT:
            return page.marks.fault, PART_STYLE


def print_heading(page: Page, mark: str, style: str, names: list[str], message: str) -> None:
    """Write the line that a paragraph begins with: mark, names, what was found.

    Parameters
    ----------
    page : Page
        Where to write.
    mark, style : str
        What stands first, and its colour.
    names : list of str
        Problem and checks; the first is emphasised.
    message : str
        One sentence; may be empty.
    """
    dot = (f" {page.marks.dot} ", "dim")
    body = Text.assemble(page.text(names[0], "bold"))
    for name in names[1:]:
        body.append_text(Text.assemble(dot, page.text(name)))
    if message:
        body.append_text(Text.assemble(dot, page.text(message)))
    page.hang(Text(f"{mark} ", style=style), body)


def print_labelled(page: Page, label: str, value: Text, *, cells: int = _LABEL_CELLS) -> None:
    """Write a value beside its label, or below it on a narrow page.

    Parameters
    ----------
    page : Page
        Where to write.
    label : str
        One or two words.
    value : rich.text.Text
        May have several lines.
    cells : int
        Of the column of labels.
    """
    shown = page.text(label, "dim")
    if page.width < _NARROW_CELLS and "\n" in value.plain:
        page.line(Text(_BODY), shown)
        page.hang(Text(_BODY + "  "), value, least=0)
    else:
        shown.pad_right(max(cells - cell_len(shown.plain), 1))
        page.hang(Text.assemble(_BODY, shown), value)


def _print_again(page: Page, again: str) -> None:
    # A command is pasted, so it is not broken: where it does not fit, the terminal folds it.
    command, label = page.text(again, "dim"), say("label.again")
    beside = Text.assemble(_BODY, (label.ljust(_LABEL_CELLS), "dim"), command)
    if cell_len(beside.plain) <= page.width:
        page.line(beside)
    else:
        page.line(Text.assemble(_BODY, (label, "dim")))
        page.line(Text(_BODY + "  "), command)


def _print_failure(page: Page, failure: FailureReport) -> None:
    page.hang(Text(_BODY), page.text(case_title(failure), "dim"))
    indent = _BODY * 2 if page.width >= _NARROW_CELLS else _BODY + "  "
    for source in (failure.inputs, failure.call):
        for line in python_lines(page.safe(source), page.width - len(indent)):
            page.line(Text(indent), page.text(line))
    for label, fact in case_facts(failure).items():
        print_labelled(page, label, page.text(fact))
