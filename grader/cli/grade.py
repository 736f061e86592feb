"""``grader grade``: files in, a report out."""

import argparse
import contextlib
import io
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from grader.cli.exit_code import ExitCode
from grader.cli.for_students import FORMATS, OF_ONE, tell_github, text_for_students, write_failure
from grader.cli.root_seed import root_seed
from grader.cli.whole_file import write_whole
from grader.grading.engine import GradeRequest, grade
from grader.grading.named import read_named
from grader.grading.refused import refusing
from grader.grading.students import StudentsRun, grade_for_students
from grader.loading.codes import PathCode
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.report import Report
from grader.reporting.diagnostics import print_diagnostics
from grader.reporting.export.github import inert
from grader.reporting.json_report import to_json
from grader.reporting.progress import progress
from grader.reporting.terminal import print_report
from grader.sandbox import SandboxUnavailableError
from grader.words import at_hand, in_language


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
    if arguments.format != "github":
        return _grade(arguments, errors)
    # The runner of a workflow reads commands from stderr, too, and a diagnostic may name a student's file.
    said = io.StringIO()
    try:
        return _grade(arguments, Console(file=said, width=100, color_system=None, highlight=False))
    finally:
        sys.stderr.write(inert(said.getvalue()))


def _grade(arguments: argparse.Namespace, errors: Console) -> ExitCode:
    words = "en"
    try:
        # What a trusted module prints is for the author of the rubric, and must not stand in the report.
        with contextlib.redirect_stdout(sys.stderr):
            request = _request(arguments)
            words = request.rubric.words
            with refusing(request.rubric):
                run = _graded(request, arguments, errors)
    except DiagnosedError as error:
        print_diagnostics(error.diagnostics, errors)
        return _failed(arguments, errors, ExitCode.USAGE, words, _for_student(error.diagnostics))
    except SandboxUnavailableError as error:
        _say_unavailable(error, errors)
        return _failed(arguments, errors, ExitCode.NOT_GRADED, words)
    try:
        with at_hand(request.rubric.words):
            return _told(run, request, arguments, errors)
    except DiagnosedError as error:
        print_diagnostics(error.diagnostics, errors)
        return ExitCode.USAGE


def _told(run: Report | StudentsRun, request: GradeRequest, arguments: argparse.Namespace, errors: Console) -> ExitCode:
    """Write the report where it should go; return what the exit status says of it."""
    if isinstance(run, StudentsRun):
        text, report = text_for_students(run, request, arguments.format), run.shown
        if arguments.format == "github":
            tell_github(run, request)
        errors.print(f"graded: {run.full.isolation.says}", markup=False, soft_wrap=True)
        _say_not_graded(run.full, errors)
    else:
        text, report = _text(run, arguments), run
    if arguments.output is not None:
        _write(Path(arguments.output), text)
    elif isinstance(run, StudentsRun) or arguments.format == "json":
        sys.stdout.write(text.encode("utf-8", "backslashreplace").decode("utf-8"))
    else:
        print_report(run, Console(highlight=False), verbose=arguments.verbose)
    return _exit_code(report)


def _failed(arguments: argparse.Namespace, errors: Console, status: ExitCode, words: str, says: str = "") -> ExitCode:
    """Tell a platform, in the student's words, that nothing was graded; return the status."""
    try:
        with in_language(words):
            write_failure(arguments, says)
    except OSError as error:
        print_diagnostics([_unwritable(Path(arguments.output), error)], errors)
    except DiagnosedError as error:
        print_diagnostics(error.diagnostics, errors)
    return status


def _for_student(diagnostics: Sequence[Diagnostic]) -> str:
    """Return what is wrong with the paths of a submission; of a rubric's faults, which quote it, nothing."""
    own = {code.code for code in PathCode}
    if not all(each.code in own for each in diagnostics):
        return ""
    return "; ".join(f"{each.path}: {each.says}" for each in diagnostics)


def _say_not_graded(report: Report, errors: Console) -> None:
    """Say to whoever runs the grader why something was not graded; students are told in other words."""
    for submission in report.submissions:
        if submission.score is None:
            errors.print(f"not graded: {submission.path}: {submission.reason}", markup=False, soft_wrap=True)


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
    one = arguments.format in OF_ONE
    if one and len(arguments.paths) > 1:
        says = f"--format {arguments.format} is of one submission, and {len(arguments.paths)} paths were given"
        help_ = "give the student's file, or the folder or archive with all of it"
        raise DiagnosedError((Diagnostic(code="G030", says=says, path=arguments.paths[1], help=help_),))
    named = read_named(
        arguments.rubric,
        arguments.paths,
        parts=arguments.only,
        limits=limits,
        language=arguments.language,
        as_one=one or arguments.as_one,
    )
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


def _graded(request: GradeRequest, arguments: argparse.Namespace, errors: Console) -> Report | StudentsRun:
    try:
        return _graded_at(request, arguments, errors)
    except SandboxUnavailableError:
        if not arguments.accept_c or request.isolation != "auto":
            raise
        return _graded_at(replace(request, isolation="C"), arguments, errors)


def _graded_at(request: GradeRequest, arguments: argparse.Namespace, errors: Console) -> Report | StudentsRun:
    with progress(errors, len(request.submissions), "grading") as tick:
        if arguments.format in FORMATS:
            return grade_for_students(request, done=lambda report: tick(report.student))
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


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    try:
        write_whole(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise DiagnosedError((_unwritable(path, error),)) from error


def _unwritable(path: Path, error: OSError) -> Diagnostic:
    return Diagnostic(
        code="G002",
        says=f"the report cannot be written: {error.strerror or error}",
        path=str(path),
        help="name a file in a folder that exists and that you may write to",
    )


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
