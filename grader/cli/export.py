"""``grader export``: the grades of a class for another system."""

import argparse
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console

from grader.batch.collect.key_file import read_key
from grader.batch.named import named
from grader.cli.exit_code import ExitCode
from grader.cli.results import FEEDBACK, GRADEBOOK
from grader.cli.whole_file import write_whole_pieces
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.gradebook import Gradebook
from grader.model.report import SubmissionReport
from grader.reporting.check_words import labelled
from grader.reporting.diagnostics import print_diagnostics
from grader.reporting.export.canvas import canvas, fill_canvas
from grader.reporting.export.columns import Exported, some
from grader.reporting.export.gradescope import gradescope
from grader.reporting.export.junit import MAX_BYTES, junit
from grader.reporting.export.moodle import moodle
from grader.reporting.export.moodle_worksheet import fill_moodle_worksheet
from grader.reporting.export.parquet import CHECKS, STUDENTS, ParquetMissingError, write_parquet
from grader.reporting.export.plain_csv import plain_csv
from grader.reporting.export.prairielearn import prairielearn
from grader.reporting.export.teacher_file import TeacherFileError
from grader.reporting.feedback import Feedback, sum_lines
from grader.reporting.gradebook_json import gradebook_from_json
from grader.reporting.json_report import json_text
from grader.reporting.needs import MissingAs, why_blank
from grader.words import as_written, say

_FILES = {
    "canvas": "canvas.csv",
    "moodle": "moodle.csv",
    "moodle-worksheet": "moodle-worksheet.csv",
    "gradescope": "gradescope",
    "prairielearn": "prairielearn",
    "csv": "grades.csv",
    "junit": "junit.xml",
    "parquet": "parquet",
}
_FILLED = ("canvas", "moodle-worksheet")
_MAX_INTO_BYTES = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What was asked for, once it is known to make sense."""

    directory: Path
    gradebook: Gradebook
    to: str
    into: Path | None
    output: Path
    titles: tuple[str, ...]
    missing_as: MissingAs


def export_command(arguments: argparse.Namespace) -> ExitCode:
    """Run ``grader export``.

    Parameters
    ----------
    arguments : argparse.Namespace
        As `grader.cli.arguments.export` makes them.

    Returns
    -------
    ExitCode
    """
    screen = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        request = _request(arguments)
        says = _export(request)
    except DiagnosedError as error:
        print_diagnostics(error.diagnostics, screen)
        return ExitCode.USAGE
    screen.print(f"written: {request.output}", markup=False)
    for line in says:
        screen.print(line, markup=False)
    return ExitCode.FULL_MARKS


def _fault(code: str, says: str, path: str, help_: str = "") -> DiagnosedError:
    return DiagnosedError((Diagnostic(code=code, says=says, path=path, help=help_),))


def _request(arguments: argparse.Namespace) -> _Request:
    directory = Path(arguments.directory)
    into = Path(arguments.into) if arguments.into is not None else None
    output = Path(arguments.output) if arguments.output is not None else directory / "export" / _FILES[arguments.to]
    if arguments.to == "moodle-worksheet" and into is None:
        help_ = "download it in Moodle with View all submissions, Download grading worksheet, and give it with --into"
        raise _fault("E010", "a worksheet is filled in, not made: its titles are in your site's language", "", help_)
    if into is not None and arguments.to not in _FILLED:
        raise _fault("E010", f"--into is for {' and '.join(_FILLED)}, not for {arguments.to}", arguments.into)
    if into is not None and into.resolve() == output.resolve():
        raise _fault("E009", "--output would replace the file that --into names", arguments.into, "name another file")
    gradebook = _gradebook(directory)
    if arguments.key is not None:
        gradebook = _named(gradebook, arguments.key)
    if arguments.output is None:
        _make_folder(output.parent)
    return _Request(
        directory=directory,
        gradebook=gradebook,
        to=arguments.to,
        into=into,
        output=output,
        titles=tuple(arguments.title),
        missing_as=arguments.missing_as,
    )


def _gradebook(directory: Path) -> Gradebook:
    path = directory / GRADEBOOK
    try:
        data = path.read_bytes()
    except OSError as error:
        help_ = "name the folder that `grader batch --out DIR` has written"
        raise _fault("E001", f"the grades cannot be read: {error.strerror or error}", str(path), help_) from error
    try:
        return gradebook_from_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        says = f"this is not a gradebook, or it is damaged: `{where}`: {first['msg']}"
        raise _fault("E002", says, str(path), "run `grader batch` again: it writes the file anew") from error


def _named(gradebook: Gradebook, key: str) -> Gradebook:
    """Return the grades under the names of a key file."""
    rows = read_key(Path(key))
    pseudonyms = {row.pseudonym for row in rows if row.kind == "student"}
    if not any(student.id in pseudonyms for student in gradebook.students):
        # One that is not there has no rows.
        says = "nobody of the class stands in this key file" if rows else "there is no such key file"
        raise _fault("E013", says, key, "name the `key.csv` that `grader batch --anonymous` has written")
    return named(gradebook, rows)


def _export(request: _Request) -> tuple[str, ...]:
    gradebook = request.gradebook
    try:
        match request.to:
            case "gradescope" | "prairielearn":
                return _export_each(request)
            case "junit":
                return _export_junit(request)
            case "parquet":
                return _export_parquet(request)
            case "csv":
                exported = plain_csv(gradebook, request.missing_as)
            case "moodle":
                exported = moodle(gradebook, request.titles, request.missing_as)
            case _:
                exported = _filled(request)
    except TeacherFileError as error:
        raise _fault(error.code, error.says, str(request.into), error.help) from error
    _write(request.output, [exported.text])
    return exported.says


def _filled(request: _Request) -> Exported:
    """Return what goes into a file of the teacher's; for Canvas, one that is made where none was given."""
    if request.into is None:
        return canvas(request.gradebook, request.titles, request.missing_as)
    fill = fill_canvas if request.to == "canvas" else fill_moodle_worksheet
    return fill(request.gradebook, _bytes(request.into), request.titles, request.missing_as)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_INTO_BYTES + 1)
    except OSError as error:
        raise _fault("E003", f"the file cannot be read: {error.strerror or error}", str(path)) from error
    if len(data) > _MAX_INTO_BYTES:
        raise _fault("E003", f"the file is larger than {_MAX_INTO_BYTES >> 20} MiB", str(path))
    return data


# One by one ---------------------------------------------------------------------------------------------------------


def _feedback(request: _Request) -> Iterator[Feedback]:
    """Yield what was written for each hand-in, one in memory at a time."""
    for hand_in in request.gradebook.hand_ins:
        path = request.directory / FEEDBACK / f"{hand_in.id}.json"
        if not path.exists():
            # Nothing was graded yet; the marks say so.
            continue
        try:
            yield Feedback.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            help_ = "run `grader batch` again: it writes the file anew"
            raise _fault("E012", "this feedback cannot be read, or is damaged", str(path), help_) from error


def _reports(request: _Request) -> Iterator[tuple[str, SubmissionReport]]:
    for feedback in _feedback(request):
        yield feedback.hand_in, feedback.submission


def _export_each(request: _Request) -> tuple[str, ...]:
    """Write a folder with a results.json for each hand-in whose grade is decided."""
    gradebook = request.gradebook
    marks = {mark.hand_in: mark for mark in reversed(gradebook.marks) if mark.hand_in is not None}
    left_out = [f"{mark.student}: {why_blank(mark)}" for mark in gradebook.marks if mark.status != "graded"]
    written = 0
    _make_folder(request.output)
    for feedback in _feedback(request):
        mark = marks.get(feedback.hand_in)
        folder = request.output / feedback.hand_in
        if mark is None or mark.final is None or mark.undecided > 0:
            left_out += [f"{mark.student}: {why_blank(mark)}"] if mark is not None and mark.status == "graded" else []
            # What an earlier export wrote there is no longer so.
            (folder / "results.json").unlink(missing_ok=True)
            continue
        _make_folder(folder)
        _write(folder / "results.json", [_results(request, feedback, mark.final), "\n"])
        written += 1
    return (f"{written} submission{'' if written == 1 else 's'}", *some("left out, for a person to look at", left_out))


def _results(request: _Request, feedback: Feedback, final: Fraction) -> str:
    with as_written(feedback.language):
        says = tuple(
            labelled(line.label, line.points) + (say("finding.special", says=line.says) if line.says else "")
            for line in sum_lines(feedback)
        )
    results = gradescope if request.to == "gradescope" else prairielearn
    return json_text(results(request.gradebook, feedback.submission, score=final, says=says), indent=2)


def _export_junit(request: _Request) -> tuple[str, ...]:
    _write(request.output, junit(request.gradebook, _reports(request)))
    size = request.output.stat().st_size
    if size >= MAX_BYTES:
        return (f"the file has {size / 1e6:.0f} MB; GitLab ignores reports of {MAX_BYTES / 1e6:.0f} MB and more",)
    return ()


def _export_parquet(request: _Request) -> tuple[str, ...]:
    _make_folder(request.output)
    # Written beside and then renamed, so that no half file is ever read.
    half = request.output / f".half-{os.getpid()}"
    _make_folder(half)
    try:
        write_parquet(half, request.gradebook, _reports(request), request.missing_as)
        for name in (STUDENTS, CHECKS):
            (half / name).replace(request.output / name)
    except ParquetMissingError as error:
        help_ = 'install it with `python -m pip install "grader[parquet]"`, or export with --to csv'
        raise _fault("E011", "writing Parquet needs the package pyarrow, which is not installed", "", help_) from error
    except OSError as error:
        raise _unwritable(request.output, error) from error
    finally:
        for name in (STUDENTS, CHECKS):
            (half / name).unlink(missing_ok=True)
        half.rmdir()
        # A folder that holds nothing would look like an export.
        if not any(request.output.iterdir()):
            request.output.rmdir()
    return ()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _write(path: Path, pieces: Iterable[str]) -> None:
    try:
        write_whole_pieces(path, (piece.encode("utf-8", "backslashreplace") for piece in pieces))
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> DiagnosedError:
    help_ = "name a file in a folder that exists and that you may write to"
    return _fault("G002", f"the export cannot be written: {error.strerror or error}", str(path), help_)
