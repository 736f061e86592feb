"""``grader audit``: a rubric in, how far it can be trusted out."""

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from grader.audit.kept import cache_folder
from grader.audit.run import AuditRequest, audit
from grader.audit.trials import TrialError
from grader.cli.exit_code import ExitCode
from grader.cli.whole_file import write_whole
from grader.grading.named import read_rubric
from grader.grading.plan import PlanError
from grader.model.audit import AuditReport
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.reporting.audit_page import audit_page
from grader.reporting.audit_view import print_audit
from grader.reporting.diagnostics import print_diagnostics
from grader.reporting.json_report import model_text
from grader.reporting.progress import progress
from grader.sandbox import SandboxFaultError, SandboxUnavailableError
from grader.truth.modules import TrustedFunctionError


def audit_command(arguments: argparse.Namespace) -> ExitCode:
    """Run ``grader audit``.

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
            report = audit(_request(arguments), lambda name, total: _stage(errors, name, total))
        _tell(report, arguments)
    except DiagnosedError as error:
        print_diagnostics(error.diagnostics, errors)
        return ExitCode.USAGE
    except (PlanError, TrustedFunctionError) as error:
        print_diagnostics([Diagnostic(code="R090", says=str(error), path=arguments.rubric)], errors)
        return ExitCode.USAGE
    except SandboxUnavailableError as error:
        errors.print(f"not audited: {error.reason}", markup=False)
        for missing in error.missing:
            errors.print(f"  missing: {missing}", markup=False)
        errors.print(f"  {error.help}", markup=False)
        return ExitCode.NOT_GRADED
    except (SandboxFaultError, TrialError) as error:
        errors.print(f"not audited: {error}", markup=False)
        return ExitCode.NOT_GRADED
    return ExitCode.FULL_MARKS if report.holds else ExitCode.POINTS_LOST


def _request(arguments: argparse.Namespace) -> AuditRequest:
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return AuditRequest(
        rubric=read_rubric(arguments.rubric, parts=arguments.only),
        seeds=arguments.seeds,
        isolation=arguments.isolation,
        jobs=arguments.jobs or cores,
        cache=None if arguments.no_cache else cache_folder(),
        most=arguments.mutants,
    )


@contextmanager
def _stage(errors: Console, name: str, total: int) -> Iterator[Callable[[int], None]]:
    with progress(errors, total, name) as tick:

        def done(more: int) -> None:
            for _ in range(more):
                tick("")

        yield done


def _tell(report: AuditReport, arguments: argparse.Namespace) -> None:
    if arguments.html is not None:
        _write(Path(arguments.html), "".join(audit_page(report)))
    if arguments.format == "json":
        text = model_text(report, indent=2) + "\n"
    elif arguments.output is not None:
        page = io.StringIO()
        # A file is no terminal, whatever the environment asks of the screen.
        plain = Console(file=page, width=100, color_system=None, force_terminal=False, highlight=False, _environ={})
        print_audit(report, plain, verbose=arguments.verbose)
        text = page.getvalue()
    else:
        print_audit(report, Console(highlight=False), verbose=arguments.verbose)
        return
    if arguments.output is not None:
        _write(Path(arguments.output), text)
    else:
        sys.stdout.write(text)


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        says = f"the report cannot be written: {error.strerror or error}"
        help_ = "name a file in a folder that exists and that you may write to"
        raise DiagnosedError((Diagnostic(code="G002", says=says, path=str(path), help=help_),)) from error
