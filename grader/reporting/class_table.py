"""Several submissions on a page: a line each, a summary, and last those that could not be graded."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from rich.cells import cell_len
from rich.text import Text

from grader.model.report import ProblemReport, Report, SubmissionReport, Verdict
from grader.reporting.failures import print_labelled
from grader.reporting.page import SENTENCE_CELLS, Page
from grader.reporting.points import points_style, points_text
from grader.reporting.submission_view import has_full_marks

_GAP = "  "
_NAME_TITLE = "student"
_NAME_CELLS = 28
"""A longer name takes a second line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One graded submission, as the table shows it.

    Parameters
    ----------
    name : rich.text.Text
        The student.
    cells : tuple of rich.text.Text
        Points of each problem, in the rubric's order, then the total.
    reason : rich.text.Text
        Where most points were lost, and why; empty where none were.
    mark : rich.text.Text
        Whether all points were earned.
    """

    name: Text
    cells: tuple[Text, ...]
    reason: Text
    mark: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """How wide the columns of a table are.

    Parameters
    ----------
    names : int
        Cells for the student.
    columns : tuple of int
        Cells for each problem and the total.
    reasons_below : bool
        Whether a reason stands below its row instead of beside it.
    """

    names: int
    columns: tuple[int, ...]
    reasons_below: bool


def print_class(page: Page, report: Report) -> None:
    """Write the table of a run, a summary, and what could not be graded.

    Parameters
    ----------
    page : Page
        Where to write.
    report : Report
        Of any number of submissions.
    """
    names = _names(report.submissions)
    graded = [submission for submission in report.submissions if submission.score is not None]
    if graded:
        problems = max((submission.problems for submission in graded), key=len)
        rows = [
            _row(page, submission, name, problems)
            for submission, name in zip(report.submissions, names, strict=True)
            if submission.score is not None
        ]
        _print_rows(page, rows, problems, report.assignment.max_score)
        page.line()
    _print_summary(page, report, graded)
    for submission, name in zip(report.submissions, names, strict=True):
        if submission.score is None:
            page.line()
            page.hang(
                Text(f"{page.marks.fault} ", style="bold yellow"), page.text(f"{name} was not graded", "bold yellow")
            )
            print_labelled(page, "path", page.text(submission.path))
            print_labelled(page, "why", page.text(submission.reason))
            print_labelled(page, "fault", page.text("ours, the grader's, not the student's; no score is given"))


def _names(submissions: Sequence[SubmissionReport]) -> list[str]:
    """Students' names; the path where two have the same name."""
    times = Counter(submission.student for submission in submissions)
    return [each.student if times[each.student] == 1 else each.path for each in submissions]


def _row(page: Page, submission: SubmissionReport, name: str, problems: Sequence[ProblemReport]) -> Row:
    own = {problem.id: problem for problem in submission.problems}
    cells = [_points(page, own[each.id]) if each.id in own else Text("-", style="dim") for each in problems]
    full = has_full_marks(submission)
    return Row(
        name=page.text(name),
        cells=(*cells, _points(page, submission, bold=True)),
        reason=_most_important(page, submission),
        mark=Text(page.marks.right, style="green") if full else Text(page.marks.wrong, style="red"),
    )


def _points(page: Page, part: ProblemReport | SubmissionReport, *, bold: bool = False) -> Text:
    score = part.score if part.score is not None else Fraction(0)
    style = points_style(score, part.undecided, part.max_score)
    mark = page.marks.undecided if part.undecided > 0 else ""
    return Text(points_text(score, of=part.max_score) + mark, style=f"bold {style}" if bold else style)


def _most_important(page: Page, submission: SubmissionReport) -> Text:
    short = [problem for problem in submission.problems if problem.score < problem.max_score]
    if not short:
        return Text()
    # max() keeps the first of equals: the rubric's order.
    worst = max(short, key=lambda problem: problem.max_score - problem.score)
    reasons = {problem.reason for problem in short}
    if len(short) > 1 and len(reasons) == 1:
        return page.text(worst.reason)
    reason = worst.reason or next((c.message for c in worst.checks if c.verdict is not Verdict.AGREES), "undecided")
    return page.text(f"{worst.id}: {reason}")


# Rows -----------------------------------------------------------------------------------------------------------------


def _print_rows(page: Page, rows: Sequence[Row], problems: Sequence[ProblemReport], max_score: Fraction) -> None:
    """Write rows in the first form that fits: problems by name, by number, reasons below, a block each."""
    titles = [page.safe(problem.id) for problem in problems]
    maxima = [points_text(most, of=most) for most in (*(problem.max_score for problem in problems), max_score)]
    numbers = [str(index) for index in range(1, len(problems) + 1)]
    longest = max(len(_NAME_TITLE), *(cell_len(row.name.plain) for row in rows))
    names = min(longest, _NAME_CELLS)
    for heads, reason_cells in ((titles, SENTENCE_CELLS), (numbers, SENTENCE_CELLS), (numbers, -3)):
        columns = [
            max(cell_len(head), len(most), *(len(row.cells[i].plain) for row in rows))
            for i, (head, most) in enumerate(zip([*heads, "total"], maxima, strict=True))
        ]
        spare = page.width - (2 + names + sum(len(_GAP) + column for column in columns) + 3 + reason_cells)
        if spare < 0:
            continue
        if heads is numbers:
            _print_legend(page, numbers, titles)
        if reason_cells < 0:
            names = min(longest, names + spare)
        grid = Grid(names=names, columns=tuple(columns), reasons_below=reason_cells < 0)
        _print_grid(page, grid, rows, [*heads, "total"], maxima)
        return
    _print_narrow(page, rows, titles, maxima)


def _print_legend(page: Page, numbers: Sequence[str], titles: Sequence[str]) -> None:
    legend = [Text.assemble(number, (f" {title}", "dim")) for number, title in zip(numbers, titles, strict=True)]
    page.items(legend, indent=2)
    page.line()


def _print_grid(page: Page, grid: Grid, rows: Sequence[Row], heads: Sequence[str], maxima: Sequence[str]) -> None:
    for name, cells in ((_NAME_TITLE, heads), ("", maxima)):
        dim = tuple(Text(cell, style="dim") for cell in cells)
        _print_row(page, grid, Row(name=Text(name, style="dim"), cells=dim, reason=Text(), mark=Text(" ")))
    for row in rows:
        _print_row(page, grid, row)


def _print_row(page: Page, grid: Grid, row: Row) -> None:
    names = page.wrapped(row.name, grid.names)
    first = Text.assemble(row.mark, " ", names[0])
    first.pad_right(2 + grid.names - cell_len(first.plain))
    for cell, width in zip(row.cells, grid.columns, strict=True):
        first.append_text(Text.assemble(_GAP, " " * (width - cell_len(cell.plain)), cell))
    used = cell_len(first.plain) + 3
    beside = [] if grid.reasons_below or not row.reason.plain else page.wrapped(row.reason, page.width - used)
    page.line(first, *([Text("   "), beside[0]] if beside else []))
    for i in range(1, max(len(names), len(beside))):
        left = Text.assemble("  ", names[i] if i < len(names) else "")
        if i < len(beside):
            left.pad_right(used - cell_len(left.plain))
            left.append_text(beside[i])
        page.line(left)
    if grid.reasons_below and row.reason.plain:
        page.hang(Text("    "), row.reason)


def _print_narrow(page: Page, rows: Sequence[Row], titles: Sequence[str], maxima: Sequence[str]) -> None:
    for row in rows:
        total = Text.assemble(row.cells[-1], f" / {maxima[-1]}")
        names = page.wrapped(row.name, page.width - 2)
        gap = page.width - 2 - cell_len(names[-1].plain) - cell_len(total.plain)
        page.line(row.mark, Text(" "), names[0], *([Text(" " * gap), total] if len(names) == 1 and gap > 1 else []))
        for name in names[1:]:
            page.line(Text("  "), name)
        if len(names) > 1 or gap <= 1:
            page.line(Text(" " * (page.width - cell_len(total.plain))), total)
        if row.reason.plain:
            page.hang(Text("    "), row.reason)
            cells = zip(titles, row.cells[:-1], strict=True)
            page.items([Text.assemble((title, "dim"), " ", cell) for title, cell in cells], indent=4)


def _print_summary(page: Page, report: Report, graded: Sequence[SubmissionReport]) -> None:
    scores = [submission.score for submission in graded if submission.score is not None]
    parts = [f"{len(graded)} graded"]
    if scores:
        most = report.assignment.max_score
        mean = sum(scores, start=Fraction(0)) / len(scores)
        parts.append(f"mean {points_text(round(mean, 1))} of {points_text(most, of=most)}")
        full = sum(has_full_marks(submission) for submission in graded)
        parts.append(f"{full} with full marks")
    held = sum(submission.undecided > 0 for submission in graded)
    if held:
        parts.append(f"{held} with undecided points, marked {page.marks.undecided}, for a person to give")
    missing = len(report.submissions) - len(graded)
    if missing:
        parts.append(f"{missing} not graded")
    page.items([page.text(part, "bold") for part in parts], indent=2)
