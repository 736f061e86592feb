"""The lines of a derivation in words, each behind the sign of its "=": terminal, Markdown and HTML show the same."""

from collections.abc import Sequence

from grader.model.report import LineReport, Verdict
from grader.reporting.page import UNICODE_MARKS, Marks
from grader.words import say


def line_sign(line: LineReport, marks: Marks = UNICODE_MARKS) -> str:
    """Return what stands before a line.

    Parameters
    ----------
    line : LineReport
        Any.
    marks : Marks
        Of the medium; those of a page of text if none are given.

    Returns
    -------
    str
    """
    match line.verdict:
        case Verdict.AGREES:
            return marks.right
        case Verdict.DISAGREES:
            return marks.wrong
        case Verdict.INCONCLUSIVE:
            return marks.undecided
        case Verdict.NOT_GRADED:
            return marks.dot


def line_words(line: LineReport) -> str:
    """Return a line: whether its "=" holds, by which factor it is off, and which mistake that is.

    Parameters
    ----------
    line : LineReport
        Any.

    Returns
    -------
    str
    """
    says = say("derivation.of_line", line=say("derivation.line", line=line.number), says=line.says)
    return says if line.diagnosis is None else say("diagnosis.apart", says=says, more=line.diagnosis.says)


def signed_lines(lines: Sequence[LineReport]) -> tuple[tuple[str, str], ...]:
    """Return lines with their signs.

    Parameters
    ----------
    lines : sequence of LineReport
        Of one derivation; empty for any other check.

    Returns
    -------
    tuple of (str, str)
        Sign and words, a line each.
    """
    return tuple((line_sign(line), line_words(line)) for line in lines)
