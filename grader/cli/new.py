"""``grader new``: a name in, the folder of a small assignment out."""

import argparse
import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from grader.cli.exit_code import ExitCode
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.reporting.diagnostics import print_diagnostics
from grader.scaffold.layout import FILES, RUBRIC
from grader.scaffold.making import make_scaffold


def new_command(arguments: argparse.Namespace) -> ExitCode:
    """Run ``grader new``.

    Parameters
    ----------
    arguments : argparse.Namespace
        As the parser of `grader.cli.main` makes them.

    Returns
    -------
    ExitCode
    """
    folder = arguments.out or arguments.name
    try:
        made = make_scaffold(arguments.name, function=arguments.function)
        _write(Path(folder), made)
    except DiagnosedError as error:
        print_diagnostics(error.diagnostics, Console(stderr=True, highlight=False))
        return ExitCode.USAGE
    console = Console(highlight=False)
    for line in _told(folder):
        console.print(line, markup=False, soft_wrap=True)
    return ExitCode.FULL_MARKS


def _write(folder: Path, made: Mapping[str, bytes]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            says = "this folder holds something already, and nothing in it was touched"
            raise DiagnosedError((_refused(says, folder, "name another one: `--out DIR`"),))
        for path, data in made.items():
            folder.joinpath(path).parent.mkdir(exist_ok=True)
            folder.joinpath(path).write_bytes(data)
    except OSError as error:
        says = f"the folder cannot be written: {error.strerror or error}"
        raise DiagnosedError((_refused(says, folder, "name one that you may write to: `--out DIR`"),)) from error


def _refused(says: str, folder: Path, help_: str) -> Diagnostic:
    return Diagnostic(code="G051", says=says, path=os.fspath(folder), help=help_)


def _told(folder: str) -> list[str]:
    widest = max(map(len, FILES))
    return [
        f"{folder}: an assignment that works, to change",
        *(f"  {path:{widest}}  {says}" for path, says in FILES.items()),
        "next:",
        f"  cd {shlex.quote(folder)}",
        f"  grader grade examples starter.py --rubric {RUBRIC}",
        f"  grader lint {RUBRIC}",
        f"  grader audit {RUBRIC}",
    ]
