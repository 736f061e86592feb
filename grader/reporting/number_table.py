"""Columns of numbers on a page, each row with a verdict if it has one."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from grader.model.report import Verdict
from grader.reporting.failures import print_labelled
from grader.reporting.page import Page
from grader.reporting.points import FULL_STYLE, NONE_STYLE, PART_STYLE
from grader.words import say

_BODY = " " * 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """How a verdict looks.

    Parameters
    ----------
    mark, style, word : str
        A sign of one cell, its colour, and the verdict in a word or two.
    """

    mark: str
    style: str
    word: str


def sign_of(page: Page, verdict: Verdict) -> Sign:
    """Return how a verdict looks on a page.

    Parameters
    ----------
    page : Page
        Decides which signs can be shown.
    verdict : Verdict
        Which.

    Returns
    -------
    Sign
    """
    match verdict:
        case Verdict.AGREES:
            return Sign(mark=page.marks.right, style=FULL_STYLE, word=say("verdict.agrees"))
        case Verdict.DISAGREES:
            return Sign(mark=page.marks.wrong, style=NONE_STYLE, word=say("verdict.disagrees"))
        case Verdict.INCONCLUSIVE:
            return Sign(mark=page.marks.undecided, style=PART_STYLE, word=say("verdict.inconclusive"))
        case Verdict.NOT_GRADED:
            return Sign(mark=page.marks.fault, style=PART_STYLE, word=say("verdict.not_graded"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table, or its header.

    Parameters
    ----------
    first : str
        What the row is about.
    numbers : tuple of str
        As many as every other row has.
    sign : Sign or None
        What follows from the numbers, where something does.
    """

    first: str
    numbers: tuple[str, ...]
    sign: Sign | None = None


def print_table(page: Page, header: Row, rows: Sequence[Row]) -> None:
    """Write columns of numbers; where they do not fit, each row as a block of labelled lines.

    Parameters
    ----------
    page : Page
        Where to write.
    header : Row
        Names of the columns.
    rows : sequence of Row
        At least one.
    """
    lines = (header, *rows)
    first = max(cell_len(line.first) for line in lines)
    widths = [max(cell_len(line.numbers[i]) for line in lines) for i in range(len(header.numbers))]
    words = max((2 + cell_len(row.sign.word) for row in rows if row.sign), default=0)
    if len(_BODY) + first + sum(widths) + 2 * len(widths) + words > page.width:
        page.hang(Text(_BODY), page.text(header.first, "dim"))
        for row in rows:
            page.line(Text(_BODY), page.text(row.first))
            for name, number in zip(header.numbers, row.numbers, strict=True):
                print_labelled(page, f"  {name}", page.text(number), cells=max(map(len, header.numbers)) + 4)
            if row.sign is not None:
                page.line(Text(_BODY + "  "), Text(row.sign.word, style=row.sign.style))
        return
    for line in lines:
        numbers = "".join("  " + cell.rjust(width) for cell, width in zip(line.numbers, widths, strict=True))
        text = Text(_BODY).append(page.safe(line.first).ljust(first) + numbers, "dim" if line is header else "")
        if line.sign is not None:
            text.append("  ").append(line.sign.word, line.sign.style)
        page.line(text)
