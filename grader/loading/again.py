"""Finds a submission that a report names, by the path, the name and the digest that it had then."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path, PurePosixPath

from grader.loading.answer import answer_of_files
from grader.loading.archive import RefusedArchiveError, read_archive
from grader.loading.files import MAX_TOTAL_BYTES, read_file, read_folder, suffix_of
from grader.loading.shown_name import MAX_PATH, shown
from grader.loading.submissions import load_submissions
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.submission import Submission


def load_again(path: str, student: str, sha256: str, *, functions: tuple[str, ...]) -> Submission:
    """Read a submission that a report names.

    Parameters
    ----------
    path, student, sha256 : str
        As they stand in the report. The path may lead into a folder or an archive that was read as a whole.
    functions : tuple of str
        The names that the assignment asks for.

    Returns
    -------
    Submission
        The one with that digest, else the one that stands there now; under the name and path of the report.

    Raises
    ------
    DiagnosedError
        Nothing stands there any more.
    """
    first: Submission | None = None
    for found in _candidates(path, student, functions):
        if found.sha256 == sha256:
            first = found
            break
        first = first or found
    if first is None:
        says = f"the submission of {student} is not there any more"
        help_ = "paths in a report are those of the folder in which it was made: run the command there"
        raise DiagnosedError((Diagnostic(code="G009", says=says, path=path, help=help_),))
    return replace(first, path=path, student=student)


def _candidates(path: str, student: str, functions: tuple[str, ...]) -> Iterator[Submission]:
    """Yield what the path may have meant: the file alone, or the folder or archive around it."""
    place = Path(path)
    if place.is_file() and suffix_of(place.name) in {".py", ".ipynb"}:
        yield from load_submissions([path], functions=functions)
    for outer in (PurePosixPath(path), *PurePosixPath(path).parents):
        where = Path(outer)
        # Only what bears the student's name was read as a whole: what lies around it is everybody's.
        own = student in {shown(outer.name), shown(outer.stem), shown(str(outer), MAX_PATH), shown(str(outer))}
        if where.is_dir() and own:
            yield answer_of_files(read_folder(where), str(outer), student, functions)
        elif where.is_file() and suffix_of(outer.name) == ".zip":
            if own:
                yield from _student_archive(where, str(outer), student, functions)
            yield from _class_archive(str(outer), path, functions)


def _student_archive(where: Path, path: str, student: str, functions: tuple[str, ...]) -> Iterator[Submission]:
    try:
        files = read_archive(BytesIO(read_file(where, (where.name,)).data), max_total_bytes=MAX_TOTAL_BYTES)
    except RefusedArchiveError:
        return
    yield answer_of_files(files, path, student, functions)


def _class_archive(archive: str, path: str, functions: tuple[str, ...]) -> Iterator[Submission]:
    try:
        members = load_submissions([archive], functions=functions)
    except DiagnosedError:
        return
    yield from (member for member in members if member.path == path)
