"""``grader lint``: rubrics in, everything that is wrong with them out."""

import argparse
import contextlib
import os
import sys
from pathlib import Path

from rich.console import Console

from grader.cli.exit_code import ExitCode
from grader.cli.whole_file import write_whole
from grader.lint.explain import UnknownCodeError, explanation
from grader.lint.fix import fixed
from grader.lint.lint import lint
from grader.loading.codes import RubricCode
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.linted import Explanation, Linted
from grader.reporting.diagnostics import print_diagnostics
from grader.reporting.export.github import inert
from grader.reporting.lint_result import lint_github, lint_json, print_explanation, print_lint

_MOST_ROUNDS = 20
"""Mending one fault may bring another to light; more often than this it would go in a circle."""
_NOT_READ = frozenset({RubricCode.UNREADABLE.code})


def lint_command(arguments: argparse.Namespace) -> ExitCode:
    """Run ``grader lint``.

    Parameters
    ----------
    arguments : argparse.Namespace
        As the parser of `grader.cli.main` makes them.

    Returns
    -------
    ExitCode
        ``FULL_MARKS`` where nothing has to be mended, ``POINTS_LOST`` where something has, ``USAGE`` where a file
        cannot be read.
    """
    errors = Console(stderr=True, highlight=False)
    try:
        if arguments.explain is not None:
            print_explanation(_explanation(arguments.explain), Console(highlight=False))
            return ExitCode.FULL_MARKS
        if not arguments.files:
            raise _fault("G060", "no rubric was named", "", "name one or more, such as `rubrics/cs280_hw1.toml`")
        if arguments.fix:
            for file in arguments.files:
                _fix(file, errors)
        linted = [_linted(file, arguments) for file in arguments.files]
    except DiagnosedError as error:
        print_diagnostics(error.diagnostics, errors)
        return ExitCode.USAGE
    _tell(linted, arguments.format)
    return _status(linted, strict=arguments.strict)


def _explanation(code: str) -> Explanation:
    try:
        return explanation(code)
    except UnknownCodeError as error:
        raise _fault("G061", error.says, code, "name a code as `grader lint` prints it, such as `R003`") from error


def _fault(code: str, says: str, path: str, help_: str) -> DiagnosedError:
    return DiagnosedError((Diagnostic(code=code, says=says, path=path, help=help_),))


def _linted(file: str, arguments: argparse.Namespace) -> Linted:
    said = sys.stderr if arguments.format != "github" else _Inert()
    # What a trusted module prints is for the author of the rubric, and must not stand among the faults.
    with contextlib.redirect_stdout(said):
        return lint(Path(file), shown=file, isolation=arguments.isolation, functions=not arguments.no_functions)


class _Inert:
    """Writes to stderr, of which the runner of a workflow takes no line for a command."""

    def write(self, text: str) -> int:
        """Write text."""
        return sys.stderr.write(inert(text))

    def flush(self) -> None:
        """Write what is held back."""
        sys.stderr.flush()


def _fix(file: str, errors: Console) -> None:
    """Mend what is certain, and what comes to light by that."""
    path = Path(file)
    mended = 0
    for _ in range(_MOST_ROUNDS):
        with contextlib.redirect_stdout(sys.stderr):
            found = lint(path, shown=file, functions=False).diagnostics
        if not any(each.fix is not None and each.fix.certain for each in found):
            break
        source, count = fixed(path.read_bytes(), found)
        mended += count
        try:
            # A link stays one: what it leads to is mended.
            write_whole(Path(os.path.realpath(path)), source)
        except OSError as error:
            says = f"the rubric cannot be written: {error.strerror or error}"
            raise _fault("G062", says, file, "make the file and its folder writable, or leave out --fix") from error
    if mended:
        errors.print(f"mended in {file}: {mended}", markup=False, soft_wrap=True)


def _tell(linted: list[Linted], form: str) -> None:
    match form:
        case "json":
            sys.stdout.write(lint_json(linted))
        case "github":
            sys.stdout.write(lint_github(linted))
        case _:
            print_lint(linted, Console(highlight=False))


def _status(linted: list[Linted], *, strict: bool) -> ExitCode:
    if any(each.code in _NOT_READ for one in linted for each in one.diagnostics):
        return ExitCode.USAGE
    wrong = sum(one.errors + (one.warnings if strict else 0) for one in linted)
    return ExitCode.POINTS_LOST if wrong else ExitCode.FULL_MARKS
