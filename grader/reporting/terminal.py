"""A report on a terminal: one submission in full, several as a table with what needs a person last."""

from rich.console import Console
from rich.text import Text

from grader.model.report import Report, SubmissionReport
from grader.model.seed import seed_words
from grader.reporting.class_table import print_class
from grader.reporting.page import Page
from grader.reporting.submission_view import print_submission
from grader.words import as_written, say, say_count


def print_report(report: Report, console: Console, *, verbose: bool = False) -> None:
    """Write a report for people.

    Parameters
    ----------
    report : Report
        What to show.
    console : rich.console.Console
        Where to; its width, encoding and colours are respected.
    verbose : bool
        One submission: also passed checks, what was tried and what would have been caught. Several: also the full
        report of each, before the table.

    Notes
    -----
    Text of submissions is never read as markup; control characters and characters that the console cannot encode are
    shown as escapes.
    """
    page = Page(console=console)
    if len(report.submissions) == 1:
        submission = report.submissions[0]
        with as_written(report.language):
            _print_header(page, report, submission.path)
            page.line()
            print_submission(page, submission, verbose=verbose)
        if verbose:
            _print_run(page, report)
        return
    if verbose:
        for submission in report.submissions:
            _print_title(page, submission)
            page.line()
            with as_written(report.language):
                print_submission(page, submission, verbose=True)
            page.line()
        _print_run(page, report)
        page.line()
    count = len(report.submissions)
    _print_header(page, report, f"{count} submissions")
    page.line()
    print_class(page, report)


def _print_title(page: Page, submission: SubmissionReport) -> None:
    page.between(page.text(submission.student, "bold"), page.text(submission.path, "dim"))


def _print_header(page: Page, report: Report, right: str) -> None:
    page.between(page.text(report.assignment.title, "bold"), page.text(right, "dim"))
    most = max((c.cases_tried for s in report.submissions for p in s.problems for c in p.checks), default=0)
    facts = [seed_words(report.seed), say("report.isolation", level=report.isolation.level)]
    if most:
        facts.insert(0, say_count("report.cases_a_check", most))
    seconds = _total_seconds(report)
    if seconds is not None:
        facts.append(f"{seconds:.2f} s" if seconds < 100 else f"{seconds:.0f} s")
    page.items([page.text(fact, "dim") for fact in facts])
    match report.isolation.level:
        case "A" | "B":
            pass
        case "C":
            page.hang(Text(), page.text(report.isolation.says, "dim"))
        case "N":
            page.hang(Text(), page.text(report.isolation.says, "yellow"))


def _total_seconds(report: Report) -> float | None:
    seconds = report.timings.get("total_s")
    return float(seconds) if isinstance(seconds, int | float) and not isinstance(seconds, bool) else None


def _print_run(page: Page, report: Report) -> None:
    page.line()
    page.line(page.text("the run", "bold"))
    page.hang(Text("  "), page.text(f"isolation {report.isolation.level}: {report.isolation.says}", "dim"))
    if report.isolation.layers:
        page.hang(Text("  "), page.text("layers: " + ", ".join(report.isolation.layers), "dim"))
    for line in report.plan:
        page.hang(Text("  "), page.text(line, "dim"))
    page.hang(Text("  "), page.text(f"grader {report.grader_version}, rubric {report.assignment.path}", "dim"))
