"""Reads what a kit checks, and on which cases."""

import hashlib
import os
from pathlib import Path

from grader.kit.layout import CASES, KitCode
from grader.kit.settings import AGAIN, Settings
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.truth.handout import Facts, HandoutError, from_bytes


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
        raise _fault(KitCode.CHANGED, f"`{CASES}` cannot be used: {error}", CASES, AGAIN) from error
    # A rubric that a text editor or a version control saved with other line ends says the same.
    if facts.assignment_sha256 != hashlib.sha256(rubric.replace(b"\r\n", b"\n")).hexdigest():
        says = f"`{settings.rubric}` is not as your course made it, so it does not fit the cases any more"
        raise _fault(KitCode.CHANGED, says, settings.rubric, AGAIN)
    return facts


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        says = f"`{name}` of the kit cannot be read: {(error.strerror or type(error).__name__).lower()}"
        raise _fault(KitCode.CHANGED, says, os.fspath(folder / name), AGAIN) from error


def _fault(code: KitCode, says: str, path: str, help_: str) -> DiagnosedError:
    return DiagnosedError((Diagnostic(code=code.value, says=says, path=path, help=help_),))
