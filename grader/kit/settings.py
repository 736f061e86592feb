"""Where a kit is and which file of it is checked: read before anything heavy is imported."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import tomli

from grader import __version__
from grader.kit.layout import RUBRIC, SETTINGS, KitCode
from grader.model.diagnostic import DiagnosedError, Diagnostic

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
    language : str
        Of what the student reads, as `grader.words.in_language` takes it.
    """

    folder: Path
    submission: str
    rubric: str
    grader: str
    language: str


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
    raise _fault(KitCode.NOT_A_KIT, str(starts[0]), _say("kit.not_here"), _say("kit.unzip"))


def _settings(folder: Path) -> Settings:
    path = folder / SETTINGS
    try:
        data = tomli.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        says = _say("kit.settings_unreadable", file=SETTINGS, reason=error)
        raise _fault(KitCode.BAD_SETTINGS, os.fspath(path), says, _say("kit.unzip_again")) from error
    language = _text(data, "language", path, default="en")
    settings = Settings(
        folder=folder,
        submission=_text(data, "submission", path, default=""),
        rubric=_text(data, "rubric", path, default=RUBRIC),
        grader=_text(data, "grader", path, default="0"),
        language=os.fspath((folder / language).absolute()) if language.endswith(".toml") else language,
    )
    if _release(settings.grader) > _release(__version__):
        says = _say("kit.newer", needed=settings.grader, own=__version__)
        raise _fault(KitCode.OTHER_VERSION, os.fspath(path), says, _say("kit.upgrade", needed=settings.grader))
    return settings


def _text(data: Mapping[str, Any], key: str, path: Path, *, default: str) -> str:
    value = data.get(key, default)
    if not isinstance(value, str):
        says = _say("kit.setting_not_text", key=key, file=SETTINGS)
        help_ = _say("kit.for_example", example=f'{key} = "{default or "my_answer.py"}"')
        raise _fault(KitCode.BAD_SETTINGS, os.fspath(path), says, help_)
    return value


def _release(version: str) -> tuple[int, ...]:
    """Return the numbers of a version up to its first word: 1.2.0rc1 counts as 1.2.0."""
    match = _RELEASE.match(version)
    return tuple(int(number) for number in match.group().split(".")) if match else ()


def _say(key: str, /, **fields: object) -> str:
    """Put a fault into words, which are not read before there is one: the answer's process is started without them."""
    say: Callable[..., str] = import_module("grader.words").say
    return say(key, **fields)


def _fault(code: KitCode, path: str, says: str, help_: str) -> DiagnosedError:
    return DiagnosedError((Diagnostic(code=code.value, says=says, path=path, help=help_),))
