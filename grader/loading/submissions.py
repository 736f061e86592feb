"""Paths to submissions: files, folders, archives. Bytes and text only; nothing of a student is run or parsed."""

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from grader.loading.answer import answer_of_file, answer_of_files, unusable
from grader.loading.archive import RefusedArchiveError, read_archive
from grader.loading.codes import PathCode
from grader.loading.files import (
    MAX_TOTAL_BYTES,
    File,
    Files,
    about,
    is_ignored,
    read_file,
    read_folder,
    suffix_of,
    unreadable,
)
from grader.loading.shown_name import MAX_PATH, natural_key, shown, told_apart
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.submission import Submission
from grader.words import say

# An archive of a whole class, against an archive of one student.
MAX_CLASS_BYTES = 512 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Something that is a submission, not read yet: a class may hold more than fits into memory twice.

    Parameters
    ----------
    path, student : str
        As they are shown; the student may need to be told apart from another.
    real : str
        Which thing it is, however it was named.
    read : callable
        Reads it, from its path and student.
    """

    path: str
    student: str
    real: str
    read: Callable[[str, str], Submission]


class _PathError(Exception):
    """A path that a person named and that holds no submission."""

    def __init__(self, code: PathCode, says: str, help_: str = "") -> None:
        super().__init__(says)
        self.code = code
        self.says = says
        self.help_ = help_


def load_submissions(paths: Sequence[str], *, functions: tuple[str, ...]) -> tuple[Submission, ...]:
    """Read submissions.

    A ``.py`` or ``.ipynb`` file is a submission. In a folder, each such file is one, and so is each folder or ``.zip``
    in it, as the work of one student. An archive counts as the folder that it holds.

    Parameters
    ----------
    paths : sequence of str
        As a person named them.
    functions : tuple of str
        The names that the assignment asks for; they tell which of a student's files is the answer.

    Returns
    -------
    tuple of Submission
        In the order of ``paths``; within a folder by name, numbers in their order. What was named twice is there once.

    Raises
    ------
    DiagnosedError
        With every path that is missing, empty, unreadable, refused or of another kind.
    """
    found: dict[str, _Found] = {}
    diagnostics: list[Diagnostic] = []
    for path in paths:
        try:
            for one in _found(path, functions):
                found.setdefault(one.real, one)
        except _PathError as error:
            name = shown(path, MAX_PATH)
            diagnostics.append(Diagnostic(code=error.code.code, says=error.says, path=name, help=error.help_))
    if not paths:
        says = "no path was given"
        diagnostics.append(Diagnostic(code=PathCode.NO_PATH.code, says=says, path="", help="name a file or a folder"))
    if diagnostics:
        raise DiagnosedError(tuple(diagnostics))
    return _told_apart(list(found.values()))


def _told_apart(found: list[_Found]) -> tuple[Submission, ...]:
    times = Counter(one.student for one in found)
    students = told_apart(one.student if times[one.student] == 1 else shown(one.path) for one in found)
    submissions = [one.read(one.path, student) for one, student in zip(found, students, strict=True)]
    paths = told_apart(submission.path for submission in submissions)
    return tuple(replace(s, path=path) for s, path in zip(submissions, paths, strict=True))


def _found(path: str, functions: tuple[str, ...]) -> Iterator[_Found]:
    try:
        place = Path(path)
        mode = place.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        # ValueError: a NUL character, which no path has.
        raise _PathError(PathCode.NO_SUCH_PATH, "there is no such file or folder", "check the spelling") from error
    except OSError as error:
        raise _PathError(PathCode.UNREADABLE, f"the path cannot be read: {error.strerror}") from error
    is_file = stat.S_ISREG(mode)
    if stat.S_ISDIR(mode):
        yield from _in_folder(place, path, functions)
    elif is_file and suffix_of(place.name) == ".zip":
        yield from _in_archive(place, path, functions)
    elif is_file and suffix_of(place.name):
        yield _named_file(place, path)
    else:
        says = "this is not a submission" if is_file else "this is neither a file nor a folder"
        help_ = "a submission is a .py file, an .ipynb notebook, or a folder or .zip that holds them"
        raise _PathError(PathCode.NOT_A_SUBMISSION, says, help_)


def _named_file(place: Path, path: str) -> _Found:
    file = read_file(place, (place.name,), follow=True)
    # What a person named must be readable; a file that is too large is the student's matter.
    if file.ours:
        raise _PathError(PathCode.UNREADABLE, f"the file {file.fault}", "check its permissions")
    return _single(path, os.path.realpath(place), lambda: file)


def _single(path: str, real: str, read: Callable[[], File]) -> _Found:
    stem = shown(Path(path).name.rpartition(".")[0])
    return _Found(
        path=shown(path, MAX_PATH), student=stem, real=real, read=lambda p, student: answer_of_file(read(), p, student)
    )


def _group(path: str, student: str, real: str, read: Callable[[], Files], functions: tuple[str, ...]) -> _Found:
    return _Found(
        path=shown(path, MAX_PATH),
        student=shown(student),
        real=real,
        read=lambda p, name: answer_of_files(read(), p, name, functions),
    )


def _faulty(path: str, student: str, real: str, problem: str) -> _Found:
    return _Found(
        path=shown(path, MAX_PATH),
        student=shown(student),
        real=real,
        read=lambda p, name: unusable(p, name, problem),
    )


def _student_archive(path: str, name: str, real: str, read: Callable[[], File], functions: tuple[str, ...]) -> _Found:
    def submission(shown_path: str, student: str) -> Submission:
        archive = read()
        if archive.fault:
            return unusable(shown_path, student, about(shown(name), archive.fault))
        try:
            files = read_archive(BytesIO(archive.data), max_total_bytes=MAX_TOTAL_BYTES)
        except RefusedArchiveError as error:
            return unusable(shown_path, student, about(shown(name), error.says), (archive,))
        return answer_of_files(files, shown_path, student, functions)

    stem = name.rpartition(".")[0]
    return _Found(path=shown(path, MAX_PATH), student=shown(stem), real=real, read=submission)


def _in_folder(folder: Path, path: str, functions: tuple[str, ...]) -> Iterator[_Found]:
    try:
        with os.scandir(folder) as scan:
            entries = sorted((e for e in scan if not is_ignored(e.name)), key=lambda entry: natural_key((entry.name,)))
    except OSError as error:
        raise _PathError(PathCode.UNREADABLE, f"the folder cannot be read: {error.strerror}") from error
    base = path.rstrip("/") or "/"
    found = [one for entry in entries for one in _in_entry(entry, f"{base}/{entry.name}".replace("//", "/"), functions)]
    if not any(_holds_something(Path(entry.path)) for entry in entries):
        raise _empty("folder")
    yield from found


def _empty(what: str) -> _PathError:
    return _PathError(
        PathCode.NOTHING_INSIDE, f"there is no submission in this {what}", "it should hold .py or .ipynb files"
    )


def _holds_something(path: Path) -> bool:
    if path.is_symlink() or not path.is_dir():
        return bool(suffix_of(path.name))
    return any(suffix_of(name) for _, _, names in os.walk(path) for name in names)


def _in_entry(entry: os.DirEntry[str], path: str, functions: tuple[str, ...]) -> Iterator[_Found]:
    here = Path(entry.path)
    real = os.path.join(os.path.realpath(here.parent), entry.name)  # noqa: PTH118 - a link is itself, not its target
    suffix = suffix_of(entry.name)
    if entry.is_symlink():
        if suffix or here.is_dir():
            stem = entry.name.rpartition(".")[0] if suffix else entry.name
            yield _faulty(path, stem, real, about(shown(entry.name), say("file.symbolic_link")))
    elif entry.is_dir():
        yield _group(path, entry.name, real, lambda: read_folder(here), functions)
    elif suffix == ".zip":
        yield _student_archive(path, entry.name, real, lambda: read_file(here, (entry.name,)), functions)
    elif suffix:
        yield _single(path, real, lambda: read_file(here, (entry.name,)))


def _in_archive(place: Path, path: str, functions: tuple[str, ...]) -> Iterator[_Found]:
    try:
        with place.open("rb") as archive:
            files = read_archive(archive, max_total_bytes=MAX_CLASS_BYTES).files
    except OSError as error:
        raise _PathError(PathCode.UNREADABLE, f"the archive {unreadable(error)}") from error
    except RefusedArchiveError as error:
        raise _PathError(PathCode.REFUSED_ARCHIVE, f"the archive {error.says}") from error
    if not files:
        raise _empty("archive")
    real = os.path.realpath(place)
    groups: dict[str, list[File]] = {}
    for file in files:
        groups.setdefault(file.parts[0], []).append(file)
    for name, members in groups.items():
        yield _in_group(f"{path}/{name}", f"{real}/{name}", members, functions)


def _in_group(path: str, real: str, members: list[File], functions: tuple[str, ...]) -> _Found:
    first = members[0]
    if len(first.parts) == 1:
        if first.suffix == ".zip":
            return _student_archive(path, first.parts[0], real, lambda: first, functions)
        return _single(path, real, lambda: first)
    inner = tuple(File(parts=file.parts[1:], data=file.data, fault=file.fault) for file in members)
    return _group(path, first.parts[0], real, lambda: Files(files=inner), functions)
