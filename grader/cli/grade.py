"""``grader grade``: files in, a report out."""

import argparse
import contextlib
import io
import sys
from pathlib import Path

from rich.console import Console

from grader.cli.exit_code import ExitCode
from grader.cli.root_seed import root_seed
from grader.cli.whole_file import write_whole
from grader.grading.engine import GradeRequest, grade
from grader.grading.named import read_named
from grader.grading.plan import PlanError
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.report import Report
from grader.reporting.diagnostics import print_diagnostics
from grader.reporting.json_report import to_json
from grader.reporting.progress import progress
from grader.reporting.terminal import print_report
from grader.sandbox import SandboxUnavailableError
from grader.truth.modules import TrustedFunctionError


def grade_command(arguments: argparse.Namespace) -> ExitCode:
    """Run ``grader grade``.

    Parameters
    ----------
    arguments : argparse.Namespace
        As the parser of `grader.cli.main` makes them.

    Returns
    -------
    ExitCode
    """
    errors = Console(stderr=True, highlight=False)
    try:
        # What a trusted module prints is for the author of the rubric, and must not stand in the report.
        with contextlib.redirect_stdout(sys.stderr):
            request = _request(arguments)
            report = _graded(request, errors)
    except DiagnosedError as error:
        print_diagnostics(error.diagnostics, errors)
        return ExitCode.USAGE
    except (PlanError, TrustedFunctionError) as error:
        print_diagnostics([Diagnostic(code="R090", says=str(error), path=arguments.rubric)], errors)
        return ExitCode.USAGE
    except SandboxUnavailableError as error:
        _say_unavailable(error, errors)
        return ExitCode.NOT_GRADED
    text = _text(report, arguments)
    if arguments.output is not None:
        fault = _write(Path(arguments.output), text)
        if fault:
            print_diagnostics([fault], errors)
            return ExitCode.USAGE
    elif arguments.format == "json":
        sys.stdout.write(text)
    else:
        print_report(report, Console(highlight=False), verbose=arguments.verbose)
    return _exit_code(report)


def _request(arguments: argparse.Namespace) -> GradeRequest:
    limits = {
        "call_wall_s": arguments.call_seconds,
        "call_cpu_s": arguments.call_cpu_seconds,
        "load_wall_s": arguments.load_seconds,
        "submission_wall_s": arguments.submission_seconds,
        "submission_cpu_s": arguments.submission_cpu_seconds,
        "memory_bytes": _shifted(arguments.memory_mib, 20),
        "printed_bytes": _shifted(arguments.printed_kib, 10),
        "result_bytes": _shifted(arguments.result_kib, 10),
    }
    named = read_named(arguments.rubric, arguments.paths, parts=arguments.only, limits=limits)
    seed = root_seed(arguments, named.rubric.assignment)
    return GradeRequest(
        rubric=named.rubric,
        submissions=named.submissions,
        seed=seed.number,
        told=seed.told if isinstance(seed.told, str) else None,
        isolation=arguments.isolation,
        jobs=arguments.jobs,
    )


def _shifted(value: int | None, bits: int) -> int | None:
    return None if value is None else value << bits


def _graded(request: GradeRequest, errors: Console) -> Report:
    with progress(errors, len(request.submissions), "grading") as tick:
        return grade(request, done=lambda report: tick(report.student))


def _text(report: Report, arguments: argparse.Namespace) -> str:
    if arguments.format == "json":
        return to_json(report)
    if arguments.output is None:
        return ""
    page = io.StringIO()
    # A file is no terminal, whatever the environment asks of the screen.
    plain = Console(file=page, width=100, color_system=None, force_terminal=False, highlight=False, _environ={})
    print_report(report, plain, verbose=arguments.verbose)
    return page.getvalue()


def _write(path: Path, text: str) -> Diagnostic | None:
    """Write a file whole or not at all; return what went wrong."""
    try:
        write_whole(path, text.encode("utf-8"))
    except OSError as error:
        return Diagnostic(
            code="G002",
            says=f"the report cannot be written: {error.strerror or error}",
            path=str(path),
            help="name a file in a folder that exists and that you may write to",
        )
    return None


def _say_unavailable(error: SandboxUnavailableError, errors: Console) -> None:
    errors.print(f"not graded: {error.reason}", markup=False)
    for missing in error.missing:
        errors.print(f"  missing: {missing}", markup=False)
    errors.print(f"  {error.help}", markup=False)


def _exit_code(report: Report) -> ExitCode:
    if any(s.status == "not_graded" for s in report.submissions):
        return ExitCode.NOT_GRADED
    full = all(s.score == s.max_score for s in report.submissions)
    return ExitCode.FULL_MARKS if full else ExitCode.POINTS_LOST
