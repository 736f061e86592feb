"""``grader replay``: a report in, one of its cases run again and shown."""

import argparse
import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console

from grader.cli.exit_code import ExitCode
from grader.cli.root_seed import secret_of_file
from grader.cli.whole_file import write_whole
from grader.grading.refused import refusing
from grader.grading.replay import ReplayRequest, replay
from grader.grading.replay_case import ReportedCase
from grader.loading.again import load_again
from grader.loading.named_language import named_language
from grader.loading.rubric import Rubric, load_rubric
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.replay import Replayed
from grader.model.report import CheckReport, Report, SubmissionReport, Verdict
from grader.model.seed import RootSeed, open_seed
from grader.model.submission import Submission
from grader.reporting.check_words import labelled
from grader.reporting.diagnostics import print_diagnostics
from grader.reporting.json_report import from_json
from grader.reporting.replay_file import to_npz
from grader.reporting.replay_script import replay_script
from grader.reporting.replay_view import print_replay
from grader.sandbox import SandboxFaultError, SandboxUnavailableError
from grader.truth.modules import TrustedModules
from grader.words import as_written, at_hand, in_language, say

_SCHEMA = "grader-report/1"
_FEEDBACK = "grader-feedback/1"
_MOST_LISTED = 20


def replay_command(arguments: argparse.Namespace) -> ExitCode:
    """Run ``grader replay``.

    Parameters
    ----------
    arguments : argparse.Namespace
        As the parser of `grader.cli.main` makes them.

    Returns
    -------
    ExitCode
        ``FULL_MARKS`` where the case agrees now, ``POINTS_LOST`` where it does not.
    """
    errors = Console(stderr=True, highlight=False)
    rubric = arguments.rubric or ""
    try:
        report = _report(arguments.report)
        rubric = rubric or report.assignment.path
        # What a trusted module prints is for the author of the rubric, and must not stand in a script.
        with contextlib.redirect_stdout(sys.stderr):
            found = load_rubric(
                Path(rubric), shown=rubric, lookup=lambda folder, ref: TrustedModules(folder).signature(ref)
            )
        with _words(arguments.language, report, found):
            with contextlib.redirect_stdout(sys.stderr):
                request = _request(arguments, report, found)
                if request.submission.unreadable:
                    errors.print(say("replay.not_run", reason=request.submission.problem), markup=False)
                    return ExitCode.NOT_GRADED
                with refusing(request.rubric):
                    replayed = replay(request)
            return _told(replayed, arguments, errors)
    except DiagnosedError as error:
        print_diagnostics(error.diagnostics, errors)
        return ExitCode.USAGE
    except SandboxUnavailableError as error:
        for line in (f"not run: {error.reason}", *(f"  missing: {each}" for each in error.missing), f"  {error.help}"):
            errors.print(line, markup=False)
        return ExitCode.NOT_GRADED
    except SandboxFaultError as error:
        errors.print(f"not run, through no fault of the submission: {error.reason}", markup=False)
        return ExitCode.NOT_GRADED


@contextlib.contextmanager
def _words(named: str | None, report: Report, rubric: Rubric) -> Iterator[None]:
    """Put words in force: those that were named, or those of the report, which may stand in the rubric's own file."""
    if named is not None:
        with in_language(named_language(named)):
            yield
        return
    with at_hand(rubric.words), as_written(report.language):
        yield


def _told(replayed: Replayed, arguments: argparse.Namespace, errors: Console) -> ExitCode:
    """Write what was asked for."""
    if arguments.export is not None:
        fault = _exported(replayed, arguments.export)
        if fault is not None:
            print_diagnostics([fault], errors)
            return ExitCode.USAGE
    if arguments.print_python:
        for warning in replayed.warnings:
            errors.print(labelled(say("replay.warning"), warning), markup=False)
        sys.stdout.write(replay_script(replayed, file=_own_file(replayed.submission)))
    else:
        console = Console(highlight=False)
        print_replay(replayed, console)
        if arguments.export is not None:
            console.print(f"\n{say('replay.written', file=arguments.export)}", markup=False, soft_wrap=True)
    return ExitCode.FULL_MARKS if replayed.verdict is Verdict.AGREES else ExitCode.POINTS_LOST


def _exported(replayed: Replayed, path: str) -> Diagnostic | None:
    try:
        write_whole(Path(path), to_npz(replayed))
    except OSError as error:
        says = f"the arrays cannot be written: {error.strerror or error}"
        help_ = "name a file in a folder that exists and that you may write to"
        return Diagnostic(code="G008", says=says, path=path, help=help_)
    return None


def _own_file(submission: Submission) -> str:
    """Return where a script finds the submission; empty where it is not a single Python file on disk."""
    path = Path(submission.path)
    alone = len(submission.chunks) == 1 and not submission.modules and not submission.notebook
    return str(path.resolve()) if alone and path.is_file() else ""


def _fault(code: str, says: str, path: str, help_: str = "") -> DiagnosedError:
    return DiagnosedError((Diagnostic(code=code, says=says, path=path, help=help_),))


def _report(path: str) -> Report:
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        # ValueError: a NUL character, which no path has.
        says = f"the report cannot be read: {getattr(error, 'strerror', None) or 'there is no such file'}"
        raise _fault("G003", says, path, "it is written by `grader grade --format json --output FILE`") from error
    help_ = "name a file that `grader grade --format json --output FILE` has written"
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _fault("G004", "this is not a report: it is not JSON", path, help_) from error
    schema = content.get("schema") if isinstance(content, dict) else None
    if schema != _SCHEMA:
        stated = f"its schema is {json.dumps(schema)[:60]}" if schema is not None else "it states no schema"
        if schema == _FEEDBACK:
            help_ = "feedback of a batch is for reading; grade that hand-in's file by itself, with "
            help_ += "`grader grade FILE --rubric RUBRIC --format json --output report.json`, and replay that"
        raise _fault("G004", f"this is not a report of the form `{_SCHEMA}`: {stated}", path, help_)
    try:
        return from_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise _fault("G004", f"this report is damaged: `{where}`: {first['msg']}", path, help_) from error
    except ValueError as error:
        raise _fault("G004", f"this report is damaged: {error}", path, help_) from error


def _request(arguments: argparse.Namespace, report: Report, rubric: Rubric) -> ReplayRequest:
    reported = _submission(arguments, report)
    check = _check(arguments, reported)
    failure = check.failure if check is not None else None
    submission = load_again(
        reported.path,
        reported.student,
        reported.sha256,
        functions=rubric.assignment.asked,
    )
    return ReplayRequest(
        rubric=rubric,
        submission=submission,
        seed=_seed(arguments, report),
        check=arguments.check,
        case=arguments.case or "",
        reported=ReportedCase(name=failure.case, inputs=failure.inputs) if failure is not None else None,
        assignment_sha256=report.assignment.sha256,
        submission_sha256=reported.sha256,
        isolation=arguments.isolation,
    )


def _seed(arguments: argparse.Namespace, report: Report) -> RootSeed:
    """Return the report's seed; a secret one comes from the user, and must be the one that was committed to."""
    if isinstance(report.seed, int):
        return open_seed(report.seed)
    if arguments.secret_seed is None:
        says = "the cases were drawn from a secret seed"
        raise _fault("G023", says, arguments.report, "give the file of the secret: `--secret-seed FILE`")
    seed = secret_of_file(arguments.secret_seed)
    if seed.told != report.seed:
        says = f"this is another secret than that of the report, whose commitment is {report.seed}"
        raise _fault("G024", says, arguments.secret_seed, "give the secret that the report was made with")
    return seed


def _submission(arguments: argparse.Namespace, report: Report) -> SubmissionReport:
    name = arguments.submission
    if name is None and len(report.submissions) == 1:
        return report.submissions[0]
    for one in report.submissions:
        if name in {one.student, one.path}:
            return one
    says = f"the report has no submission `{name}`" if name else "the report has several submissions"
    raise _fault("G005", says, arguments.report, _listed([one.student for one in report.submissions]))


def _check(arguments: argparse.Namespace, submission: SubmissionReport) -> CheckReport | None:
    """Return what the report says of the check; None where the submission was not graded: the rubric knows then."""
    if submission.status == "not_graded":
        return None
    checks = {check.id: check for problem in submission.problems for check in problem.checks}
    if arguments.check not in checks:
        says = f"the report has no check `{arguments.check}`"
        raise _fault("G006", says, arguments.report, _listed(list(checks)))
    return checks[arguments.check]


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
    return f"it has {', '.join(names[:_MOST_LISTED])}{more}" if names else "it has none"
