"""Reads a path that is the work of one student, whatever kind of path it is."""

import os
from io import BytesIO
from pathlib import Path

from grader.loading.answer import answer_of_files, unusable
from grader.loading.archive import RefusedArchiveError, read_archive
from grader.loading.files import MAX_TOTAL_BYTES, about, read_file, read_folder, suffix_of
from grader.loading.shown_name import MAX_PATH, shown
from grader.loading.submissions import load_submissions
from grader.model.submission import Submission


def load_one(path: str, *, functions: tuple[str, ...]) -> Submission:
    """Read the work of one student.

    Parameters
    ----------
    path : str
        A folder or archive with all of it, or a file.
    functions : tuple of str
        The names that the assignment asks for; they tell which of several files is the answer.

    Returns
    -------
    Submission
        Of a folder without an answer, one that says so: the folder is there, so nobody but the student can help.

    Raises
    ------
    DiagnosedError
        There is no such path, or it cannot be read, or is no submission.
    """
    place = Path(path)
    # "." has a name, too.
    name, full = shown(path, MAX_PATH), place.absolute()
    if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises for a name with a NUL character
        return answer_of_files(read_folder(place), name, shown(full.name), functions)
    student = shown(full.stem)
    if suffix_of(path) == ".zip" and os.path.isfile(path):  # noqa: PTH113 - as above
        archive = read_file(place, (place.name,), follow=True)
        if archive.fault:
            return unusable(name, student, about(shown(place.name), archive.fault), (archive,))
        try:
            files = read_archive(BytesIO(archive.data), max_total_bytes=MAX_TOTAL_BYTES)
        except RefusedArchiveError as error:
            return unusable(name, student, about(shown(place.name), error.says), (archive,))
        return answer_of_files(files, name, student, functions)
    (submission,) = load_submissions([path], functions=functions)
    return submission
