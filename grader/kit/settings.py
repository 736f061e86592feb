"""Where a kit is and which file of it is checked: read before anything heavy is imported."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import tomli

from grader import __version__
from grader.kit.layout import RUBRIC, SETTINGS, KitCode
from grader.model.diagnostic import DiagnosedError, Diagnostic

AGAIN: Final = "unzip the kit again, and keep your answer"
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


def _settings(folder: Path) -> Settings:
    path = folder / SETTINGS
    try:
        data = tomli.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        says = f"`{SETTINGS}` cannot be read: {error}"
        raise _fault(KitCode.BAD_SETTINGS, says, os.fspath(path), AGAIN) from error
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
