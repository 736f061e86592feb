"""``grader check``: a student's own answer against the course's kit; the answer's process is started first of all."""

import argparse
import gc
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from grader.cli.exit_code import ExitCode
from grader.kit.ahead import started_ahead
from grader.kit.settings import find_kit
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
    named = [] if arguments.file is None else [Path(arguments.file).absolute().parent]
    try:
        settings = find_kit(Path.cwd(), *named)
    except DiagnosedError as error:
        refuse: Callable[[DiagnosedError], ExitCode] = import_module("grader.cli.check_answer").refuse
        return refuse(error)
    plain = arguments.isolation == "none" and not arguments.explain
    launcher = started_ahead(settings, again=arguments.watch) if plain else None
    # Nothing of what is imported becomes garbage: looking for some takes a tenth of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        # Only now, while the answer's process imports numpy on another core.
        check: Callable[..., ExitCode] = import_module("grader.cli.check_answer").check_with_kit
        gc.freeze()
        if collecting:
            gc.enable()
        return check(arguments, settings, launcher)
    finally:
        # A test or a notebook that calls this has garbage of its own.
        gc.unfreeze()
        if collecting:
            gc.enable()
        if launcher is not None:
            launcher.close()
