"""``grader bundle``: a rubric in, an archive for a course system out."""

import argparse
import contextlib
import os
import sys
from pathlib import Path

from rich.console import Console

from grader.bundle.budget import budget
from grader.bundle.codes import BundleCode
from grader.bundle.contents import Entry, zipped
from grader.bundle.making import BundleRequest, gradescope_bundle, prairielearn_bundle
from grader.bundle.requirements import pinned
from grader.bundle.wheels import fetched
from grader.cli.exit_code import ExitCode
from grader.cli.root_seed import ENVIRONMENT, root_seed
from grader.cli.whole_file import write_whole
from grader.grading.named import read_rubric
from grader.loading.rubric import Rubric
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.reporting.diagnostics import print_diagnostics


def bundle_command(arguments: argparse.Namespace) -> ExitCode:
    """Run ``grader bundle``.

    Parameters
    ----------
    arguments : argparse.Namespace
        As the parser of `grader.cli.main` makes them.

    Returns
    -------
    ExitCode
    """
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            request = _request(arguments)
        data = zipped(_files(arguments, request))
        _write(Path(arguments.out), data)
    except DiagnosedError as error:
        print_diagnostics(error.diagnostics, errors)
        return ExitCode.USAGE
    _say(arguments, request, len(data), Console(highlight=False, soft_wrap=True))
    return ExitCode.FULL_MARKS


def _request(arguments: argparse.Namespace) -> BundleRequest:
    rubric = read_rubric(arguments.rubric)
    python = arguments.python or f"{sys.version_info.major}.{sys.version_info.minor}"
    if arguments.platform == "prairielearn" and not (arguments.wheels or arguments.image):
        says = "PrairieLearn's containers have no network: what the grader needs has to come along"
        help_ = "add --wheels, or --image NAME and build that image from the archive's folder `image`"
        raise DiagnosedError((Diagnostic(code=BundleCode.NO_IMAGE.value, says=says, path="", help=help_),))
    wheels: dict[str, Entry] = {}
    if arguments.wheels:
        wheels = fetched(pinned(rubric.assignment.packages), python)
    return BundleRequest(
        rubric=rubric,
        python=python,
        budget=budget(rubric.assignment),
        options=_options(arguments),
        secret=_secret(arguments, rubric),
        wheels=wheels,
    )


def _options(arguments: argparse.Namespace) -> tuple[str, ...]:
    # A container that is thrown away after one submission holds nothing that level C would not protect.
    words = ("--accept-c",) if arguments.isolation == "auto" else ("--isolation", arguments.isolation)
    return words if arguments.seed is None else (*words, "--seed", str(arguments.seed))


def _secret(arguments: argparse.Namespace, rubric: Rubric) -> bytes | None:
    """Return the secret that goes into the archive; it is checked as it will be there."""
    root_seed(arguments, rubric.assignment)
    if arguments.secret_seed is not None:
        return Path(arguments.secret_seed).read_bytes()
    secret = os.environ.get(ENVIRONMENT) if arguments.seed is None else None
    return None if secret is None else os.fsencode(secret)


def _files(arguments: argparse.Namespace, request: BundleRequest) -> dict[str, Entry]:
    if arguments.platform == "gradescope":
        return gradescope_bundle(request)
    return prairielearn_bundle(request, arguments.image or f"python:{request.python}-slim")


def _write(path: Path, data: bytes) -> None:
    try:
        write_whole(path, data)
    except OSError as error:
        says = f"the bundle cannot be written: {error.strerror or error}"
        help_ = "name a file in a folder that exists and that you may write to"
        raise DiagnosedError((Diagnostic(code="G002", says=says, path=str(path), help=help_),)) from error


def _say(arguments: argparse.Namespace, request: BundleRequest, size: int, screen: Console) -> None:
    assignment = request.rubric.assignment
    lines = [f"written: {arguments.out}, {size / 1e6:.1f} MB", *request.budget.says]
    hidden = sum(check.visibility != "visible" for problem in assignment.problem for check in problem.check)
    if hidden and arguments.platform == "gradescope":
        lines.append(f"{hidden} checks are not visible to students; while one is not, Gradescope hides the total, too")
    elif hidden:
        lines.append(f"{hidden} checks are not visible to students: of these they are told the points only")
    lines.append("the archive holds the answers: upload it, and hand it to nobody")
    for line in lines:
        screen.print(line, markup=False)
