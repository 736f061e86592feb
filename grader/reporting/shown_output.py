"""The first lines of what a submission printed, for every medium."""

from dataclasses import dataclass

from grader.model.report import (
    PrintedReport,
)
from grader.words import say, say_count


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOutput:
    """The first lines that a submission printed.

    Parameters
    ----------
    lines : tuple of str
        As printed.
    left_out : tuple of str
        What is not shown, in words; a line each.
    """

    lines: tuple[str, ...]
    left_out: tuple[str, ...]


def shown_output(printed: PrintedReport, most: int) -> ShownOutput:
    """Return what to show of a submission's output.

    Parameters
    ----------
    printed : PrintedReport
        What was kept of it.
    most : int
        Lines.

    Returns
    -------
    ShownOutput
    """
    lines = printed.text.rstrip("\n").split("\n")
    hidden = len(lines) - most
    left_out = []
    if hidden > 0:
        left_out.append(say_count("report.more_lines", hidden))
    if printed.truncated:
        left_out.append(say("report.not_kept"))
    return ShownOutput(lines=tuple(lines[:most]), left_out=tuple(left_out))
