"""Starts the process of an answer before the rest of the grader is imported: the two then take their time at once."""

import json
from typing import Any

from grader.kit.layout import CASES
from grader.kit.settings import Settings
from grader.sandbox.errors import SandboxUnavailableError
from grader.sandbox.launch import PlainLauncher
from grader.sandbox.readable import importable_packages


def started_ahead(settings: Settings) -> PlainLauncher | None:
    """Begin to start a plain process for the answer.

    Parameters
    ----------
    settings : Settings
        The kit.

    Returns
    -------
    PlainLauncher or None
        It starts no further one by itself: that would take its time from the first one. None where the kit does not
        say for what to start one: whoever reads it in full then says what is wrong with it.
    """
    try:
        with (settings.folder / CASES).open("rb") as file:
            assignment: dict[str, Any] = json.loads(file.readline())["assignment"]
        packages, memory_bytes = tuple(assignment["packages"]), int(assignment["limits"]["memory_bytes"])
        launcher = PlainLauncher(importable_packages(packages), memory_bytes=memory_bytes, spares=False)
    except (OSError, ValueError, KeyError, TypeError, SandboxUnavailableError):
        return None
    launcher.start_first()
    return launcher
