"""``grader check``: a student's own answer against the course's kit; the answer's process is started first of all."""

import argparse
import contextlib
import gc
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from grader.cli.exit_code import ExitCode
from grader.kit.ahead import started_ahead
from grader.kit.settings import Settings, find_kit
from grader.model.diagnostic import DiagnosedError


def check_command(arguments: argparse.Namespace) -> ExitCode:
    """Run ``grader check``.

    Parameters
    ----------
    arguments : argparse.Namespace
        As the parser of `grader.cli.main` makes them.

    Returns
    -------
    ExitCode
    """
    starts = [Path.cwd(), *([] if arguments.file is None else [Path(arguments.file).absolute().parent])]
    settings: Settings | None = None
    with contextlib.suppress(DiagnosedError):
        # What is wrong with it is said further on, in the student's language.
        settings = find_kit(*starts)
    plain = arguments.isolation == "none" and not arguments.explain
    launcher = started_ahead(settings) if plain and settings is not None else None
    # Nothing of what is imported becomes garbage: looking for some takes a tenth of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        # Only now, while the answer's process imports numpy on another core.
        check: Callable[..., ExitCode] = import_module("grader.cli.check_answer").check_with_kit
        gc.freeze()
        if collecting:
            gc.enable()
        return check(arguments, starts, settings, launcher)
    finally:
        # A test or a notebook that calls this has garbage of its own.
        gc.unfreeze()
        if collecting:
            gc.enable()
        if launcher is not None:
            launcher.close()
