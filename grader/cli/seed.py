"""``grader seed``: secrets that are fixed before the grades and told after them."""

import argparse
import os
import secrets
import sys
from typing import assert_never

from rich.console import Console

from grader.cli.exit_code import ExitCode
from grader.cli.root_seed import secret_of_file
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.seed import secret_seed
from grader.reporting.diagnostics import print_diagnostics

_SECRET_BYTES = 32


def seed_command(arguments: argparse.Namespace) -> ExitCode:
    """Run ``grader seed``.

    Parameters
    ----------
    arguments : argparse.Namespace
        As the parser of `grader.cli.main` makes them.

    Returns
    -------
    ExitCode
    """
    try:
        match arguments.action:
            case "new":
                return _new(arguments.file)
            case "tell":
                sys.stdout.write(f"{secret_of_file(arguments.file).told}\n")
                return ExitCode.FULL_MARKS
            case "verify":
                return _verify(arguments.file, arguments.commitment)
            case other:
                assert_never(other)
    except DiagnosedError as error:
        print_diagnostics(error.diagnostics, Console(stderr=True, highlight=False))
        return ExitCode.USAGE


def _new(path: str) -> ExitCode:
    secret = secrets.token_urlsafe(_SECRET_BYTES).encode()
    try:
        # Never over another secret: who has committed to one needs it.
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "wb") as out:
            out.write(secret + b"\n")
    except (OSError, ValueError) as error:
        says = f"the secret cannot be written: {getattr(error, 'strerror', None) or error}"
        help_ = "name a file that is not there yet, in a folder that you may write to"
        raise DiagnosedError((Diagnostic(code="G022", says=says, path=path, help=help_),)) from error
    sys.stdout.write(f"{secret_seed(secret).told}\n")
    sys.stderr.write(f"keep {path} to yourself until the grades are out; the line above may be published now\n")
    return ExitCode.FULL_MARKS


def _verify(path: str, commitment: str) -> ExitCode:
    found = secret_of_file(path).told
    if found == commitment:
        sys.stdout.write(f"{path} is the secret that was committed to\n")
        return ExitCode.FULL_MARKS
    sys.stdout.write(f"{path} is another secret: its commitment is {found}\n")
    return ExitCode.POINTS_LOST
