"""Reads a kit from its folder: where it is, what it checks, which file is the answer."""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import tomli

from grader import __version__
from grader.kit.layout import CASES, RUBRIC, SETTINGS, KitCode
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.truth.handout import Facts, HandoutError, from_bytes

_AGAIN: Final = "unzip the kit again, and keep your answer"
_RELEASE = re.compile(r"\d+(?:\.\d+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What ``grader.toml`` says.

    Parameters
    ----------
    folder : Path
        Where it lies: the kit's folder.
    submission : str
        The file that is checked when none is named.
    rubric : str
        The students' rubric.
    grader : str
        The oldest version that reads the kit.
    """

    folder: Path
    submission: str
    rubric: str
    grader: str


def find_kit(*starts: Path) -> Settings:
    """Find the kit that a folder belongs to.

    Parameters
    ----------
    *starts : Path
        Folders to look in; then in those above each.

    Returns
    -------
    Settings
        Of the first ``grader.toml``.

    Raises
    ------
    DiagnosedError
        There is none, it cannot be used, or it needs a newer grader.
    """
    for start in starts:
        for folder in (start, *start.parents):
            if (folder / SETTINGS).is_file():
                return _settings(folder)
    raise _fault(
        KitCode.NOT_A_KIT,
        "this is not the folder of a kit: there is no `grader.toml` here or above",
        str(starts[0]),
        "unzip the kit that your course gave you, and run `grader check` in its folder",
    )


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
        raise _fault(KitCode.CHANGED, f"`{CASES}` cannot be used: {error}", CASES, _AGAIN) from error
    # A rubric that a text editor or a version control saved with other line ends says the same.
    if facts.assignment_sha256 != hashlib.sha256(rubric.replace(b"\r\n", b"\n")).hexdigest():
        says = f"`{settings.rubric}` is not as your course made it, so it does not fit the cases any more"
        raise _fault(KitCode.CHANGED, says, settings.rubric, _AGAIN)
    return facts


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        says = f"`{name}` of the kit cannot be read: {(error.strerror or type(error).__name__).lower()}"
        raise _fault(KitCode.CHANGED, says, os.fspath(folder / name), _AGAIN) from error


def _settings(folder: Path) -> Settings:
    path = folder / SETTINGS
    try:
        data = tomli.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        says = f"`{SETTINGS}` cannot be read: {error}"
        raise _fault(KitCode.BAD_SETTINGS, says, os.fspath(path), _AGAIN) from error
    settings = Settings(
        folder=folder,
        submission=_text(data, "submission", path, default=""),
        rubric=_text(data, "rubric", path, default=RUBRIC),
        grader=_text(data, "grader", path, default="0"),
    )
    if _release(settings.grader) > _release(__version__):
        raise _fault(
            KitCode.OTHER_VERSION,
            f"the kit was made by grader {settings.grader}, and this is grader {__version__}",
            os.fspath(path),
            "python -m pip install --upgrade grader",
        )
    return settings


def _text(data: Mapping[str, Any], key: str, path: Path, *, default: str) -> str:
    value = data.get(key, default)
    if not isinstance(value, str):
        says = f"`{key}` in `{SETTINGS}` should be text between quotes"
        raise _fault(
            KitCode.BAD_SETTINGS, says, os.fspath(path), f'for example `{key} = "{default or "my_answer.py"}"`'
        )
    return value


def _release(version: str) -> tuple[int, ...]:
    """Return the numbers of a version up to its first word: 1.2.0rc1 counts as 1.2.0."""
    match = _RELEASE.match(version)
    return tuple(int(number) for number in match.group().split(".")) if match else ()


def _fault(code: KitCode, says: str, path: str, help_: str) -> DiagnosedError:
    return DiagnosedError((Diagnostic(code=code.value, says=says, path=path, help=help_),))
