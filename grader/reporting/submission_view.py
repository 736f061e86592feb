"""One submission on a page: the score first, then what failed, then what else a student should know."""

from collections.abc import Sequence
from fractions import Fraction

from rich.cells import cell_len
from rich.text import Text

from grader.model.report import CheckReport, PrintedReport, ProblemReport, SubmissionReport, Verdict
from grader.reporting.check_words import check_name, labelled, missing_reason, no_score
from grader.reporting.failures import print_failures, print_heading, print_labelled, print_lines
from grader.reporting.page import SENTENCE_CELLS, Page
from grader.reporting.points import (
    PART_STYLE,
    and_undecided,
    points_bar,
    points_style,
    score_text,
    undecided_count,
)
from grader.reporting.shown_output import shown_output
from grader.words import say

_PRINTED_LINES = 12
"""Of what the submission printed; the JSON report holds the rest."""
_BAR_CELLS = (20, 15, 10)
"""From wide to narrow; bars go before words do."""


def has_full_marks(submission: SubmissionReport) -> bool:
    """Return whether nothing is missing.

    Parameters
    ----------
    submission : SubmissionReport
        Graded or not.

    Returns
    -------
    bool
    """
    return submission.score is not None and submission.score >= submission.max_score


def print_submission(page: Page, submission: SubmissionReport, *, verbose: bool) -> None:
    """Write one submission, without the header that all submissions of a run share.

    Parameters
    ----------
    page : Page
        Where to write.
    submission : SubmissionReport
        What to show.
    verbose : bool
        Show passed checks, what was tried, notes and output even where nothing is missing.
    """
    full = has_full_marks(submission)
    if submission.score is None:
        _print_not_graded(page, submission)
    else:
        _print_scores(page, submission)
    if not full:
        print_failures(page, submission.problems)
    if verbose:
        for problem in submission.problems:
            page.line()
            _print_checks(page, problem)
    if verbose or not full:
        print_told(page, submission)


def _print_not_graded(page: Page, submission: SubmissionReport) -> None:
    page.hang(Text(f"{page.marks.fault} ", style="bold yellow"), page.text(say("report.not_graded"), "bold yellow"))
    print_labelled(page, say("label.why"), page.text(submission.reason))
    print_labelled(page, say("label.fault"), page.text(say("report.fault_of_no_student")))
    print_labelled(page, say("label.score"), page.text(no_score(submission)))


# Scores ---------------------------------------------------------------------------------------------------------------


def _print_scores(page: Page, submission: SubmissionReport) -> None:
    problems = submission.problems
    points = [score_text(problem.score, problem.max_score) for problem in problems]
    total = score_text(submission.score or Fraction(0), submission.max_score)
    cells = max(len(each) for each in [*points, total])
    names = max((cell_len(page.safe(problem.id)) for problem in problems), default=0)
    reasons = [_reason(page, problem) for problem in problems]
    bar = _bar_cells(page, reasons, page.width - (2 + names + 2 + cells + 3))
    for problem, shown, reason in zip(problems, points, reasons, strict=True):
        first = Text.assemble("  ", page.text(problem.id))
        first.pad_right(2 + names + 2 - cell_len(first.plain))
        if bar:
            drawn = points_bar(problem.score, problem.undecided, problem.max_score, width=bar, marks=page.marks)
            first.append_text(drawn).append("  ")
        first.append(shown.rjust(cells), points_style(problem.score, problem.undecided, problem.max_score))
        _print_beside(page, first, reason)
    left = " " * (2 + names + 2 + (bar + 2 if bar else 0))
    page.line(Text(left), Text(page.marks.rule * cells, style="dim"))
    style = points_style(submission.score or Fraction(0), submission.undecided, submission.max_score)
    _print_beside(page, Text.assemble(left, (total.rjust(cells), f"bold {style}")), _total_says(page, submission))


def _print_beside(page: Page, first: Text, says: Text) -> None:
    if says.plain:
        page.hang(Text.assemble(first, "   "), says, least=SENTENCE_CELLS)
    else:
        page.line(first)


def _bar_cells(page: Page, reasons: Sequence[Text], available: int) -> int:
    """Return the widest of the bars that break the reasons into the fewest lines; 0 if none leaves them room."""
    spoken = [reason for reason in reasons if reason.plain]
    needed = 2 + (SENTENCE_CELLS if spoken else -3)
    bars = [bar for bar in _BAR_CELLS if bar + needed <= available]
    return min(
        bars, key=lambda bar: sum(len(page.wrapped(reason, available - bar - 2)) for reason in spoken), default=0
    )


def _reason(page: Page, problem: ProblemReport) -> Text:
    parts = []
    if problem.undecided > 0:
        parts.append(page.text(undecided_count(problem.undecided), PART_STYLE))
    reason = missing_reason(problem)
    if reason:
        parts.append(page.text(reason))
    return Text("; ").join(parts)


def _total_says(page: Page, submission: SubmissionReport) -> Text:
    if has_full_marks(submission):
        return Text(f"{page.marks.right} {say('report.full_marks')}", style="bold green")
    if submission.undecided > 0:
        return page.text(and_undecided(submission.undecided), PART_STYLE)
    return Text()


# What else ------------------------------------------------------------------------------------------------------------


def _print_checks(page: Page, problem: ProblemReport) -> None:
    score = score_text(problem.score, problem.max_score)
    page.hang(
        Text(), Text.assemble(page.text(problem.id, "bold"), (f" {page.marks.dot} ", "dim"), page.text(problem.title))
    )
    page.hang(Text("  "), page.text(f"{problem.function} {page.marks.dot} {score}", "dim"))
    for check in problem.checks:
        mark, style = _mark(page, check)
        points = score_text(check.score, check.max_score)
        page.line(Text.assemble("  ", (f"{mark} ", style), page.text(check_name(check)), "  ", (points, style)))
        kind = "" if check.kind == check_name(check) else f"{check.kind}: "
        page.hang(Text("      "), page.text(kind + check.message))
        tried = labelled(say("label.tried"), check.tried)
        if check.resolution is not None:
            tried = say("report.caught", tried=tried, error=f"{check.resolution:.2g}")
        page.hang(Text("      "), page.text(tried, "dim"))
        print_lines(page, check.lines)


def _mark(page: Page, check: CheckReport) -> tuple[str, str]:
    marks = page.marks
    match check.verdict:
        case Verdict.AGREES:
            return marks.right, "green" if check.score >= check.max_score else PART_STYLE
        case Verdict.DISAGREES:
            return marks.wrong, "red"
        case Verdict.INCONCLUSIVE:
            return marks.undecided, PART_STYLE
        case Verdict.NOT_GRADED:
            return marks.fault, PART_STYLE


def print_told(page: Page, submission: SubmissionReport) -> None:
    """Write what else a student should know: notes, and what the submission printed.

    Parameters
    ----------
    page : Page
        Where to write.
    submission : SubmissionReport
        What to show.
    """
    if submission.notes:
        page.line()
        print_heading(page, page.marks.dot, "dim", [say("report.notes")], "")
        for note in submission.notes:
            page.hang(Text("    "), page.text(note))
    if submission.printed is not None and submission.printed.text.strip():
        page.line()
        _print_printed(page, submission.printed)


def _print_printed(page: Page, printed: PrintedReport) -> None:
    print_heading(page, page.marks.dot, "dim", [say("report.printed")], "")
    shown = shown_output(printed, _PRINTED_LINES)
    for line in shown.lines:
        page.hang(Text("    "), page.text(line, "dim"), least=0)
    for line in shown.left_out:
        page.hang(Text("    "), page.text(f"{page.marks.ellipsis} {line}", "dim"))
