"""``grader grade``: files in, a report out."""

import argparse
import contextlib
import io
import sys
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from grader.cli.exit_code import ExitCode
from grader.cli.root_seed import root_seed
from grader.cli.whole_file import write_whole
from grader.grading.engine import GradeRequest, grade
from grader.grading.part import only
from grader.grading.plan import PlanError
from grader.loading.rubric import Rubric, load_rubric
from grader.loading.submissions import load_submissions
from grader.model.assignment import Assignment
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.report import Report
from grader.model.submission import Submission
from grader.reporting.diagnostics import print_diagnostics
from grader.reporting.json_report import to_json
from grader.reporting.progress import progress
from grader.reporting.terminal import print_report
from grader.sandbox import SandboxUnavailableError
from grader.truth.modules import TrustedFunctionError, TrustedModules


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
    """Read everything that was named; report every fault of the rubric and of the paths at once."""
    faults: list[Diagnostic] = []
    rubric: Rubric | None = None
    submissions: tuple[Submission, ...] = ()
    try:
        rubric = load_rubric(
            Path(arguments.rubric),
            shown=arguments.rubric,
            lookup=lambda folder, ref: TrustedModules(folder).signature(ref),
        )
        if arguments.only:
            rubric = replace(rubric, assignment=only(rubric.assignment, arguments.only))
    except DiagnosedError as error:
        faults += error.diagnostics
    except ValueError as error:
        faults.append(Diagnostic(code="G001", says=str(error), path=arguments.rubric))
    try:
        functions = tuple(p.function for p in rubric.assignment.problem) if rubric else ()
        submissions = load_submissions(arguments.paths, functions=functions)
    except DiagnosedError as error:
        faults += error.diagnostics
    if faults or rubric is None:
        raise DiagnosedError(tuple(faults))
    rubric = replace(rubric, assignment=_with_limits(rubric.assignment, arguments))
    seed = root_seed(arguments, rubric.assignment)
    return GradeRequest(
        rubric=rubric,
        submissions=submissions,
        seed=seed.number,
        told=seed.told if isinstance(seed.told, str) else None,
        isolation=arguments.isolation,
        jobs=arguments.jobs,
    )


def _with_limits(assignment: Assignment, arguments: argparse.Namespace) -> Assignment:
    """Return the assignment with the limits that were typed instead of the rubric's."""
    typed = {
        "call_wall_s": arguments.call_seconds,
        "call_cpu_s": arguments.call_cpu_seconds,
        "load_wall_s": arguments.load_seconds,
        "submission_wall_s": arguments.submission_seconds,
        "submission_cpu_s": arguments.submission_cpu_seconds,
        "memory_bytes": _shifted(arguments.memory_mib, 20),
        "printed_bytes": _shifted(arguments.printed_kib, 10),
        "result_bytes": _shifted(arguments.result_kib, 10),
    }
    limits = assignment.limits.model_copy(update={name: value for name, value in typed.items() if value is not None})
    return assignment.model_copy(update={"limits": limits})


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
