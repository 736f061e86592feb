"""The formats of ``grader grade`` that students read: what they hold, and where it goes."""

import argparse
import io
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from rich.console import Console

from grader.cli.whole_file import write_whole
from grader.grading.engine import GradeRequest
from grader.grading.students import StudentsRun, grader_failed
from grader.loading.lines import Spot, spot_of_function, spot_of_source
from grader.model.checks import Visibility
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.report import ProblemReport, Report
from grader.model.submission import Submission
from grader.reporting.export.github import Place, annotations, command, failed_outputs, log, outputs
from grader.reporting.export.gradescope_hidden import gradescope_failed, gradescope_hidden
from grader.reporting.export.junit import junit
from grader.reporting.export.markdown import run_markdown
from grader.reporting.export.prairielearn import prairielearn
from grader.reporting.json_report import json_text
from grader.reporting.terminal import print_report
from grader.words import as_written, say

StudentFormat: TypeAlias = Literal["markdown", "junit", "github", "gradescope", "prairielearn"]
FORMATS: tuple[StudentFormat, ...] = get_args(StudentFormat)
OF_ONE: tuple[StudentFormat, ...] = ("github", "gradescope", "prairielearn")
"""Formats of one submission: a folder or archive is the work of one student."""
# GitHub's limit is 1024 KiB a step, and what a workflow has written before counts.
_MOST_SUMMARY_BYTES = 1000 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surroundings:
    """What GitHub tells a step by its environment; each is empty outside of a workflow."""

    workspace: str
    output: str
    summary: str


def _surroundings() -> _Surroundings:
    names = ("GITHUB_WORKSPACE", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
    workspace, output, summary = (os.environ.get(name, "") for name in names)
    return _Surroundings(workspace=workspace, output=output, summary=summary)


def text_for_students(run: StudentsRun, request: GradeRequest, form: StudentFormat) -> str:
    """Return a run in a format that students read.

    Parameters
    ----------
    run : StudentsRun
        From `grade_for_students`.
    request : GradeRequest
        What was graded.
    form : str
        Of `OF_ONE` only with one submission.

    Returns
    -------
    str
        In no format does it hold what a hidden check was called with.
    """
    shown = run.shown
    with as_written(shown.language):
        return _text(run, request, form)


def _text(run: StudentsRun, request: GradeRequest, form: StudentFormat) -> str:
    shown = run.shown
    match form:
        case "markdown":
            return run_markdown(shown)
        case "junit":
            return "".join(junit(shown, ((one.student, one) for one in shown.submissions)))
        case "github":
            places = _Places(request.submissions[0], _surroundings().workspace)
            # Made only now: nothing that has run could know it.
            return log(_plain(shown), secrets.token_hex(16)) + annotations(shown.submissions[0], places.of)
        case "gradescope":
            return _json(_gradescope(run, request))
        case "prairielearn":
            return _json(_prairielearn(shown, request.submissions[0]))


def _json(data: dict[str, Any]) -> str:
    return json_text(data, indent=2) + "\n"


def _plain(report: Report) -> str:
    page = io.StringIO()
    plain = Console(file=page, width=100, color_system=None, force_terminal=False, highlight=False, _environ={})
    print_report(report, plain, verbose=False)
    return page.getvalue()


def _gradescope(run: StudentsRun, request: GradeRequest) -> dict[str, Any]:
    full, visible, shown = run.full.submissions[0], run.visible.submissions[0], run.shown.submissions[0]
    if shown.score is None:
        return gradescope_failed(shown.reason)
    visibility: dict[str, Visibility] = {
        f"{problem.id}.{check.name}": check.visibility
        for problem in request.rubric.assignment.problem
        for check in problem.check
    }
    return gradescope_hidden(run.full, full, visible, visibility)


def _prairielearn(shown: Report, submission: Submission) -> dict[str, Any]:
    if submission.undecided:
        # The student can help, and nothing is lost by handing in again.
        return {"gradable": False, "format_errors": [submission.problem]}
    return prairielearn(shown, shown.submissions[0])


class _Places:
    """Where GitHub shows an annotation: files by their path in the checked-out repository."""

    def __init__(self, submission: Submission, workspace: str) -> None:
        self._submission = submission
        self._workspace = workspace

    def of(self, problem: ProblemReport, source: str) -> Place:
        """Return the line that a failure names, or else that of the function."""
        spot = spot_of_source(self._submission, source) or spot_of_function(self._submission, problem.function)
        return self._place(spot)

    def _place(self, spot: Spot) -> Place:
        path = os.path.realpath(spot.path)
        root = os.path.realpath(self._workspace) if self._workspace else os.getcwd()  # noqa: PTH109 - as realpath
        inside = path.startswith(root + os.sep)
        return Place(file=Path(os.path.relpath(path, root) if inside else spot.path).as_posix(), line=spot.line)


def tell_github(run: StudentsRun, request: GradeRequest) -> None:
    """Write a step's outputs and its summary, where there is a step.

    Parameters
    ----------
    run : StudentsRun
        Of one submission.
    request : GradeRequest
        What was graded.

    Raises
    ------
    DiagnosedError
        A file that GitHub named cannot be written to.
    """
    around = _surroundings()
    shown = run.shown
    one = shown.submissions[0]
    places = _Places(request.submissions[0], around.workspace)
    with as_written(shown.language):
        summary = run_markdown(shown, most_bytes=_MOST_SUMMARY_BYTES)
    _append(around.output, outputs(shown, one, {problem.id: places.of(problem, "") for problem in one.problems}))
    _append(around.summary, summary)


def tell_github_of_failure(says: str) -> None:
    """Say in a step's outputs and annotations that nothing was graded, and no more than students may know.

    Parameters
    ----------
    says : str
        Why, for the student; empty where it is none of theirs: a rubric's fault would quote the rubric.

    Raises
    ------
    DiagnosedError
        A file that GitHub named cannot be written to.
    """
    _append(_surroundings().output, failed_outputs(says or grader_failed()))
    sys.stdout.write(command("error", says or grader_failed(), title=say("report.not_graded")))


def write_failure(arguments: argparse.Namespace, says: str) -> None:
    """Write what a platform takes where nothing was graded, so that it never finds no file or an old one.

    Parameters
    ----------
    arguments : argparse.Namespace
        Of ``grader grade``.
    says : str
        Why, for the student; empty where it is none of theirs.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    form: str = arguments.format
    reason = says or grader_failed()
    if form == "github":
        tell_github_of_failure(says)
    if arguments.output is None:
        return
    if form == "gradescope":
        write_whole(Path(arguments.output), _json(gradescope_failed(reason)).encode())
    elif form == "prairielearn":
        write_whole(Path(arguments.output), _json({"gradable": False, "format_errors": [reason]}).encode())


def _append(path: str, text: str) -> None:
    """Add to a file that GitHub made for the step; other steps may have written before."""
    if not path:
        return
    try:
        with Path(path).open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
    except OSError as error:
        says = f"what GitHub should be told cannot be written: {error.strerror or error}"
        raise DiagnosedError((Diagnostic(code="G031", says=says, path=path),)) from error
