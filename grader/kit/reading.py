"""Reads what a kit checks, and on which cases."""

import hashlib
import os
from pathlib import Path

from grader.kit.layout import CASES, KitCode
from grader.kit.settings import Settings
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.truth.handout import Facts, HandoutError, from_bytes
from grader.words import say


def read_facts(settings: Settings) -> Facts:
    """Read what a kit checks, and on which cases.

    Parameters
    ----------
    settings : Settings
        The kit.

    Returns
    -------
    Facts

    Raises
    ------
    DiagnosedError
        A file is missing, was changed, or was made by a newer grader.
    """
    rubric = _read(settings.folder, settings.rubric)
    data = _read(settings.folder, CASES)
    try:
        facts = from_bytes(data)
    except HandoutError as error:
        raise _fault(say("kit.cases_unusable", file=CASES), CASES) from error
    # A rubric that a text editor or a version control saved with other line ends says the same.
    if facts.assignment_sha256 != hashlib.sha256(rubric.replace(b"\r\n", b"\n")).hexdigest():
        raise _fault(say("kit.changed", file=settings.rubric), settings.rubric)
    return facts


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        says = say("kit.file_unreadable", file=name, reason=(error.strerror or type(error).__name__).lower())
        raise _fault(says, os.fspath(folder / name)) from error


def _fault(says: str, path: str) -> DiagnosedError:
    help_ = say("kit.unzip_again")
    return DiagnosedError((Diagnostic(code=KitCode.CHANGED.value, says=says, path=path, help=help_),))
