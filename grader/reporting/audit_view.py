"""An audit of a rubric on a terminal: what has to be mended first, then what was tried and what each check does."""

from collections import Counter
from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.model.audit import AuditReport, MutantReport, ProblemAudit
from grader.reporting.page import Page
from grader.reporting.similar_words import counted

DUE: Final = MappingProxyType({"full": "every point", "none": "no point", "less": "less than every point"})
"""What an answer whose marks are known should get, in words."""


def print_audit(report: AuditReport, console: Console, *, verbose: bool = False) -> None:
    """Write an audit for the author of a rubric.

    Parameters
    ----------
    report : AuditReport
        What to show.
    console : rich.console.Console
        Where to; its width, encoding and colours are respected.
    verbose : bool
        Also why each mutant that kept its points may, and answers whose marks are what they should be.
    """
    page = Page(console=console)
    page.between(page.text(report.assignment.title, "bold"), page.text(report.assignment.path, "dim"))
    facts = (f"seed {report.seed}", counted(len(report.seeds), "other seed"), f"isolation {report.isolation.level}")
    page.items([page.text(fact, "dim") for fact in (*facts, f"{report.seconds:.1f} s")])
    page.line()
    _print_problems(page, report)
    for problem in report.problems:
        _print_faults(page, problem)
        if verbose:
            _print_explained(page, problem)
    page.line()
    for one in report.stability:
        _mark(page, one.what, one.says, holds=one.holds)
    for problem in report.problems:
        _print_certified(page, problem)
    page.line()
    _print_checks(page, report)
    for problem in report.problems:
        for remark in problem.remarks:
            page.hang(page.text("  note: ", "yellow"), page.text(f"{problem.id}: {remark}"))
    page.line()
    page.hang(Text(), page.text(conclusion(report), "bold green" if report.holds else "bold red"))


def conclusion(report: AuditReport) -> str:
    """Return what an audit comes to, in a sentence.

    Parameters
    ----------
    report : AuditReport
        The audit.

    Returns
    -------
    str
    """
    standings = Counter(mutant.standing for problem in report.problems for mutant in problem.mutants)
    answers = [answer for problem in report.problems for answer in problem.answers]
    wrong = sum(not answer.holds for answer in answers)
    says = [f"{standings.total()} mutants: {standings['caught']} lose points"]
    if standings["equivalent"]:
        says.append(f"{standings['equivalent']} are right in exact arithmetic")
    if standings["accepted"]:
        says.append(f"{standings['accepted']} are accepted by the rubric")
    says.append(f"{standings['survived']} keep their points unexplained")
    known = f"{len(answers)} known answers: {f'{wrong} are not' if wrong else 'all are'} marked as they should be"
    return f"{', '.join(says)}. {known}."


def _print_problems(page: Page, report: AuditReport) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("problem", overflow="fold")
    for name in ("mutants", "caught", "equal", "accepted", "survive", "answers", "as due"):
        table.add_column(name, justify="right", no_wrap=True)
    for problem in report.problems:
        standings = Counter(mutant.standing for mutant in problem.mutants)
        held = sum(answer.holds for answer in problem.answers)
        table.add_row(
            page.text(problem.id),
            str(len(problem.mutants)),
            str(standings["caught"]),
            str(standings["equivalent"]),
            str(standings["accepted"]),
            Text(str(standings["survived"]), style="bold red" if standings["survived"] else ""),
            str(len(problem.answers)),
            Text(str(held), style="bold red" if held < len(problem.answers) else ""),
        )
    page.console.print(table)


def _print_faults(page: Page, problem: ProblemAudit) -> None:
    for answer in problem.answers:
        if not answer.holds:
            page.line()
            title = f"{problem.id}: the {answer.kind} {answer.name} should get {DUE[answer.due]}"
            page.hang(page.text(f"{page.marks.wrong} ", "bold red"), page.text(title, "bold"))
            page.hang(Text("    "), page.text(answer.detail))
    for mutant in problem.mutants:
        if mutant.standing == "survived":
            _print_mutant(page, problem, mutant)


def _print_mutant(page: Page, problem: ProblemAudit, mutant: MutantReport) -> None:
    page.line()
    title = f"{problem.id}: a wrong answer keeps its points: {mutant.says}"
    page.hang(page.text(f"{page.marks.wrong} ", "bold red"), page.text(title, "bold"))
    page.hang(Text("    "), page.text(f"{mutant.where}, {mutant.operator}, mutant {mutant.key}", "dim"))
    for line in _lines(mutant.diff):
        style = "red" if line.startswith("-") else "green" if line.startswith("+") else "dim"
        page.line(Text("    "), page.text(line, style))
    if mutant.evidence:
        page.hang(Text("    "), page.text(mutant.evidence))


def _print_explained(page: Page, problem: ProblemAudit) -> None:
    for mutant in problem.mutants:
        if mutant.standing in {"equivalent", "accepted"}:
            page.line()
            page.hang(Text("  "), page.text(f"{problem.id}: {mutant.standing}: {mutant.says} ({mutant.where})"))
            page.hang(Text("    "), page.text(f"{mutant.key}: {mutant.evidence}", "dim"))


def _print_certified(page: Page, problem: ProblemAudit) -> None:
    found = problem.certified
    says = f"{found.cases} cases, at most {found.worst:g} units off" if found.worst is not None else "not enclosed"
    _mark(page, f"{problem.id} exactly", f"{says}; {found.detail}" if found.detail else says, holds=found.holds)


def _lines(diff: str) -> Iterator[str]:
    yield from diff.splitlines()


def _mark(page: Page, what: str, says: str, *, holds: bool) -> None:
    mark = page.text(f"{page.marks.right} ", "green") if holds else page.text(f"{page.marks.wrong} ", "bold red")
    page.hang(Text.assemble(mark, page.text(f"{what}: ")), page.text(says, "" if not holds else "dim"))


def _print_checks(page: Page, report: AuditReport) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("check", overflow="fold")
    for name in ("points", "cases", "catches", "first", "alone", "ms"):
        table.add_column(name, justify="right", no_wrap=True)
    for problem in report.problems:
        for check in problem.checks:
            table.add_row(
                page.text(check.id, "" if check.caught else "yellow"),
                f"{float(check.points):g}",
                *map(str, (check.cases, check.caught, check.first, check.alone)),
                f"{check.call_s * 1000:.1f}",
            )
    page.console.print(table)
