"""What ``grader check`` does once the kit is found: reads, runs, shows, and watches."""

import argparse
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.cli.exit_code import ExitCode
from grader.kit.answer_file import answer_path, read_answer
from grader.kit.checking import basis_of, check_answer, no_such_check, part_of
from grader.kit.layout import SETTINGS
from grader.kit.reading import read_facts
from grader.kit.settings import Settings, find_kit
from grader.kit.words import explained
from grader.loading.named_language import named_language
from grader.model.assignment import Assignment
from grader.model.diagnostic import DiagnosedError
from grader.model.handout import Checked
from grader.reporting.check_view import all_pass, changes, print_checked
from grader.reporting.diagnostics import print_diagnostics
from grader.reporting.page import Page
from grader.sandbox import Isolation, Sandbox, SandboxUnavailableError, open_sandbox, plain_sandbox
from grader.sandbox.launch import PlainLauncher
from grader.truth.handout import Facts
from grader.words import in_language, say

_POLL_S = 0.005
"""Between two looks at a file that is watched: too short to be waited for, and a hundredth of a core at most."""
_SETTLE_S = 0.002
"""Between the look that finds it changed and the next, which finds whether it was written to the end."""


def check_with_kit(
    arguments: argparse.Namespace, starts: Sequence[Path], settings: Settings | None, launcher: PlainLauncher | None
) -> ExitCode:
    """Check an answer with a kit.

    Parameters
    ----------
    arguments : argparse.Namespace
        As the parser of `grader.cli.main` makes them.
    starts : sequence of Path
        Where to look for the kit.
    settings : Settings or None
        The kit; None where it could not be used, which is said here, in the language that was asked for.
    launcher : PlainLauncher or None
        What has started the answer's process already, if anything.

    Returns
    -------
    ExitCode
    """
    errors = Console(stderr=True, highlight=False)
    try:
        words = _words(arguments.language, settings)
    except DiagnosedError as error:
        print_diagnostics(error.diagnostics, errors)
        return ExitCode.USAGE
    with words:
        try:
            return _check(arguments, settings or find_kit(*starts), launcher)
        except DiagnosedError as error:
            print_diagnostics(error.diagnostics, errors)
            return ExitCode.USAGE
        except SandboxUnavailableError as error:
            errors.print(say("check.not_checked", reason=error.reason), markup=False)
            for missing in error.missing:
                errors.print(f"  {say('check.missing', what=missing)}", markup=False)
            errors.print(f"  {error.help}", markup=False)
            return ExitCode.NOT_GRADED


def _words(named: str | None, settings: Settings | None) -> AbstractContextManager[None]:
    """Return what puts the words of a language in force: the one that was named, or that of the kit."""
    if named is not None:
        return in_language(named_language(named))
    return in_language("en" if settings is None else named_language(settings.language, SETTINGS))


def _check(arguments: argparse.Namespace, settings: Settings, launcher: PlainLauncher | None) -> ExitCode:
    facts = read_facts(settings)
    if arguments.explain:
        _print_explanation(Page(console=Console(highlight=False)), _explanation(facts, arguments.explain))
        return ExitCode.FULL_MARKS
    assignment = part_of(facts, arguments.only)
    functions = facts.assignment.asked
    path = answer_path(settings, arguments.file, functions)
    shown_as = arguments.file or os.path.relpath(path)
    basis = basis_of(settings, facts, assignment)
    with _sandbox(arguments.isolation, assignment, launcher) as sandbox:
        page = Page(console=Console(highlight=False))

        def check() -> Checked:
            return check_answer(basis, settings, facts, sandbox, read_answer(path, shown_as))

        checked = check()
        print_checked(page, checked, verbose=arguments.verbose)
        if arguments.watch:
            checked = _watch(page, path, checked, check, launcher, verbose=arguments.verbose)
    return _exit_code(checked)


def _sandbox(isolation: Isolation, assignment: Assignment, launcher: PlainLauncher | None) -> Sandbox:
    if launcher is not None:
        return plain_sandbox(launcher, assignment.limits)
    return open_sandbox(isolation=isolation, packages=assignment.packages, limits=assignment.limits, own_code=True)


def _watch(
    page: Page,
    path: Path,
    checked: Checked,
    check: Callable[[], Checked],
    launcher: PlainLauncher | None,
    *,
    verbose: bool,
) -> Checked:
    """Check again at each save until Ctrl-C; return what was found last."""
    page.line(page.text(say("check.watching", file=checked.report.path), "dim"))
    try:
        _start_next(launcher)
        for _ in saves(path):
            before, checked = checked, check()
            page.line()
            page.line(page.text(page.marks.rule * page.width, "dim"))
            for line in changes(before, checked):
                page.hang(Text(), page.text(line))
            print_checked(page, checked, verbose=verbose)
            _start_next(launcher)
    except KeyboardInterrupt:
        page.line()
    return checked


def _start_next(launcher: PlainLauncher | None) -> None:
    """Start the process of the next check, now that nobody waits for this one."""
    if launcher is not None:
        launcher.start_first()


def saves(path: Path, *, sleep: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Yield each time that a file was saved.

    Parameters
    ----------
    path : Path
        The file; it may be gone for a while, as it is when an editor replaces it.
    sleep : callable
        Waits.

    Yields
    ------
    None
        Once the file is there and has stayed the same for one look, so that it is not read half written.
    """
    checked = seen = _stamp(path)
    while True:
        sleep(_POLL_S if seen == checked else _SETTLE_S)
        now = _stamp(path)
        if now is not None and now == seen and now != checked:
            checked = now
            yield
        seen = now


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _explanation(facts: Facts, name: str) -> str:
    checks = {f"{p.id}.{c.name}": (p, c) for p in facts.assignment.problem for c in p.check}
    if name in checks:
        return explained(*checks[name])
    of_problem = [explained(p, c) for p in facts.assignment.problem for c in p.check if name in {p.id, c.name}]
    if of_problem:
        return "\n".join(of_problem)
    raise no_such_check(name, facts.assignment, "--explain")


def _print_explanation(page: Page, text: str) -> None:
    for i, paragraph in enumerate(text.rstrip("\n").split("\n\n")):
        if i:
            page.line()
        for line in paragraph.splitlines():
            # A formula is not broken; it is indented by what stands before it.
            if line.startswith(" "):
                page.line(page.text(line))
            else:
                page.hang(Text(), page.text(line))


def _exit_code(checked: Checked) -> ExitCode:
    if checked.report.status == "not_graded":
        return ExitCode.NOT_GRADED
    return ExitCode.FULL_MARKS if all_pass(checked) else ExitCode.POINTS_LOST
