"""Which file of a kit's folder is the student's answer."""

import os
from collections.abc import Sequence
from pathlib import Path

from grader.kit.layout import SETTINGS, KitCode
from grader.kit.settings import Settings
from grader.loading.answer import answer_of_file, defined_in
from grader.loading.files import File, is_ignored, read_file, suffix_of
from grader.loading.shown_name import natural_key, shown
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.submission import Submission
from grader.words import say

_SUFFIXES = frozenset({".py", ".ipynb"})


def answer_path(settings: Settings, named: str | None, functions: tuple[str, ...]) -> Path:
    """Return the file to check.

    Parameters
    ----------
    settings : Settings
        The kit.
    named : str or None
        What the student typed, if anything.
    functions : tuple of str
        Those that are to be written.

    Returns
    -------
    Path
        What was typed; else what ``grader.toml`` names; else the only file that defines one of the functions.

    Raises
    ------
    DiagnosedError
        There is no such file, it is no Python, or several could be meant.
    """
    if named is not None:
        return _typed(Path(named), named)
    if settings.submission and (settings.folder / settings.submission).is_file():
        return _typed(settings.folder / settings.submission, settings.submission)
    found = [path for path in _candidates(settings.folder) if defined_in(_file(path), functions)]
    if len(found) == 1:
        return found[0]
    raise _fault(_none_or_many(settings, [path.name for path in found]), os.fspath(settings.folder))


def read_answer(path: Path, shown_as: str) -> Submission:
    """Read the file to check; nothing of it is run.

    Parameters
    ----------
    path : Path
        From `answer_path`.
    shown_as : str
        How to call it.

    Returns
    -------
    Submission
        Whatever the file holds; a file that cannot be read now is one of which nothing can be run.
    """
    return answer_of_file(_file(path), shown(shown_as), shown(path.stem))


def _file(path: Path) -> File:
    return read_file(path, (path.name,), follow=True)


def _candidates(folder: Path) -> list[Path]:
    entries = (e for e in folder.iterdir() if suffix_of(e.name) in _SUFFIXES and not is_ignored(e.name) and e.is_file())
    return sorted(entries, key=lambda path: natural_key((path.name,)))


def _typed(path: Path, named: str) -> Path:
    if not path.is_file():
        raise _fault(say("kit.folder") if path.is_dir() else say("kit.no_such_file"), named)
    if suffix_of(path.name) not in _SUFFIXES:
        raise _fault(say("kit.not_python"), named)
    return path


def _none_or_many(settings: Settings, names: Sequence[str]) -> str:
    if names:
        files = say("answer.files", files=", ".join(names[:-1]), last=names[-1])
        return say("kit.which_answer", files=files)
    if settings.submission:
        return say("kit.answer_gone", file=settings.submission, settings=SETTINGS)
    return say("kit.answer_not_named", settings=SETTINGS)


def _fault(says: str, path: str) -> DiagnosedError:
    help_ = say("kit.name_your_file")
    return DiagnosedError((Diagnostic(code=KitCode.NO_ANSWER_FILE.value, says=says, path=path, help=help_),))
