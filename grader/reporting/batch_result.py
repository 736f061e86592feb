"""What is printed after a run over a class: its problems, what is left to a person, and last what was not graded."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from grader.reporting.class_summary import ClassSummary, MistakeSummary, ProblemSummary
from grader.reporting.page import Page
from grader.reporting.points import points_text

_MISTAKES = 3
"""The most common ones of a problem; `summary.json` has all."""
_NAMES = 5
"""So many students are named with one reason; `summary.json` has all."""


def print_batch(summary: ClassSummary, directory: str, console: Console) -> None:
    """Write what came of a run.

    Parameters
    ----------
    summary : ClassSummary
        The class in numbers.
    directory : str
        Where its results are, as the user named it.
    console : rich.console.Console
        Where to.
    """
    page = Page(console=console)
    page.between(page.text(summary.assignment.title, "bold"), page.text(_mean(summary)))
    page.line()
    if summary.counts.graded:
        _print_problems(page, summary)
        page.line()
    _print_counts(page, summary)
    _print_needs(page, summary)
    page.line()
    # Each path on a line of its own that is never broken: to be clicked on or copied.
    for label, name in (("results: ", "report.html"), ("         ", "grades.csv"), ("         ", "feedback")):
        page.line(Text(label), page.text(f"{directory}/{name}", "bold"))


def _mean(summary: ClassSummary) -> str:
    points = summary.points
    if points is None:
        return ""
    most = summary.assignment.max_score
    return (
        f"mean {points_text(round(points.mean, 1))}, median {points_text(round(points.median, 1))} "
        f"of {points_text(most, of=most)}"
    )


def _print_problems(page: Page, summary: ClassSummary) -> None:
    rows = [_cells(problem) for problem in summary.problems]
    heads = ("problem", "mean", "full marks")
    widths = [max(cell_len(row[i]) for row in [heads, *rows]) for i in range(3)]
    for style, row, mistakes in _lines(heads, rows, summary):
        left = Text("  ")
        for i, (cell, width) in enumerate(zip(row, widths, strict=True)):
            gap = " " * (width - cell_len(page.safe(cell)))
            left.append_text(page.text(cell + gap + "  " if i == 0 else gap + cell + "  ", style))
        page.hang(left, page.text(mistakes, style or ""))


def _lines(
    heads: Sequence[str], rows: Sequence[Sequence[str]], summary: ClassSummary
) -> Iterator[tuple[str, Sequence[str], str]]:
    yield "dim", heads, "most common mistakes"
    for row, problem in zip(rows, summary.problems, strict=True):
        own = [mistake for mistake in summary.mistakes if mistake.problem == problem.id]
        # The sort is stable: of equally many, the summary's order.
        yield "", row, _mistakes(sorted(own, key=lambda mistake: -mistake.hand_ins)[:_MISTAKES])


def _mistakes(mistakes: Sequence[MistakeSummary]) -> str:
    return "; ".join(f"{mistake.says} ({mistake.hand_ins})" for mistake in mistakes)


def _cells(problem: ProblemSummary) -> tuple[str, str, str]:
    most = points_text(problem.max_score, of=problem.max_score)
    mean = "-" if problem.mean is None else f"{points_text(round(problem.mean, 1))} / {most}"
    full = "-" if problem.full_marks is None else _percent(problem.full_marks)
    return problem.id, mean, full


def _percent(share: Fraction) -> str:
    # Rounded down: 999 of 1000 are not all.
    return f"{int(share * 100)} %"


def _print_counts(page: Page, summary: ClassSummary) -> None:
    counts = summary.counts
    parts = [_some(counts.students, "student", "students")]
    parts.append(_some(counts.hand_ins, "hand-in", "hand-ins"))
    # Of a group, all members are graded on one hand-in.
    parts.append(f"{_some(counts.graded, 'student', 'students')} graded")
    remarks = "remark on the download" if len(summary.strays) == 1 else "remarks on the download"
    for count, says in (
        (counts.missing, "handed in nothing"),
        (counts.late, "late"),
        (counts.adjusted, "adjusted"),
        (len(summary.strays), f"{remarks}, in report.html"),
    ):
        if count:
            parts.append(f"{count} {says}")
    page.items([page.text(part) for part in parts], indent=2)


def _some(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _print_needs(page: Page, summary: ClassSummary) -> None:
    """Write what a person has to look at; what was not graded comes last."""
    others = [need for need in summary.needs_a_person if need.kind != "not_graded"]
    if others:
        page.line()
        page.line(page.text("for a person to look at", "bold"))
        _print_reasons(page, [(need.says, need.student) for need in others], page.marks.undecided)
    failed = [need for need in summary.needs_a_person if need.kind == "not_graded"]
    if failed:
        page.line()
        page.line(page.text("not graded, through no fault of the submission; the same command tries again", "bold"))
        _print_reasons(page, [(need.says, need.student) for need in failed], page.marks.fault)


def _print_reasons(page: Page, needs: Sequence[tuple[str, str]], mark: str) -> None:
    students: dict[str, list[str]] = {}
    for says, student in needs:
        students.setdefault(says, []).append(student)
    for says, names in students.items():
        shown = ", ".join(names[:_NAMES])
        if len(names) > _NAMES:
            shown += f" and {len(names) - _NAMES} more"
        page.hang(Text(f"{mark} ", style="bold yellow"), page.text(f"{shown}: {says}"))
