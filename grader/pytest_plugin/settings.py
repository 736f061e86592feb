"""What pytest was asked to grade: options first, then the settings of its configuration file."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    # At run time it would bring numpy into every run of pytest.
    from grader.sandbox import Isolation


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What to grade, and how.

    Parameters
    ----------
    rubric : str
        As the user named it.
    submissions : tuple of str
        Likewise; at least one.
    json : Path or None
        Where to write the report.
    seed : int or None
        None: the rubric's own, or the secret of the environment.
    isolation : str
        As `grader.sandbox.Isolation`.
    only : tuple of str
        Problems and checks; all if there are none.
    collected : bool
        False where something else was named to be run, and the submissions stand in the configuration file only.
    alone : bool
        True where nothing but the submissions was named: then nothing else is run.
    """

    rubric: str
    submissions: tuple[str, ...]
    json: Path | None
    seed: int | None
    isolation: "Isolation"
    only: tuple[str, ...]
    collected: bool
    alone: bool


def settings_of(config: pytest.Config) -> Settings | None:
    """Return what pytest was asked to grade.

    Parameters
    ----------
    config : pytest.Config
        With the options parsed.

    Returns
    -------
    Settings or None
        None where nothing is to be graded.

    Raises
    ------
    pytest.UsageError
        An option was typed that needs another one.
    """
    option = config.option
    typed: list[str] = option.grader_submission or []
    rubric = option.grader_rubric or _from_file(config, config.getini("grader_rubric"))
    submissions = typed or [_from_file(config, each) for each in config.getini("grader_submissions")]
    if rubric and submissions:
        named = config.args_source is pytest.Config.ArgsSource.ARGS
        return Settings(
            rubric=rubric,
            submissions=tuple(submissions),
            json=config.invocation_params.dir / option.grader_json if option.grader_json else None,
            seed=option.grader_seed,
            isolation=option.grader_isolation,
            only=tuple(option.grader_only),
            collected=bool(typed) or not named,
            alone=bool(typed) and not named,
        )
    if typed:
        msg = "--grader-submission needs a rubric: add --grader-rubric FILE, or `grader_rubric` to the configuration"
        raise pytest.UsageError(msg)
    if option.grader_rubric or option.grader_json:
        name = "--grader-rubric" if option.grader_rubric else "--grader-json"
        msg = f"{name} needs submissions: add --grader-submission PATH, or `grader_submissions` to the configuration"
        raise pytest.UsageError(msg)
    return None


def _from_file(config: pytest.Config, name: str) -> str:
    """Return a path of the configuration file, which is relative to it, as it is named from here."""
    if not name or config.inipath is None:
        return name
    path = os.path.normpath(config.inipath.parent / name)
    try:
        near = os.path.relpath(path, config.invocation_params.dir)
    except ValueError:
        # Windows: on another drive.
        return path
    return path if near.startswith("..") else Path(near).as_posix()
