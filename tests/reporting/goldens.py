"""Goldens: text recorded in ``golden/``. ``GRADER_UPDATE_GOLDENS=1 pytest tests/reporting`` writes them anew; read the
difference before committing it.
"""

import io
import os
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

FOLDER = Path(__file__).parent / "golden"


def plain_console(width: int, *, encoding: str = "utf-8") -> Console:
    """A console that is a pipe of a fixed width."""
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict", newline="")
    return Console(file=file, width=width, color_system=None, legacy_windows=False, _environ={})


def colour_console(width: int, **environment: str) -> Console:
    """A console that is a terminal with eight colours and a fixed width."""
    return Console(
        file=io.StringIO(),
        width=width,
        force_terminal=True,
        color_system="standard",
        legacy_windows=False,
        _environ={"TERM": "xterm", **environment},
    )


def written(console: Console, write: Callable[[Console], None]) -> str:
    """What ``write`` writes to the console."""
    write(console)
    file = console.file
    file.flush()
    if isinstance(file, io.TextIOWrapper):
        return file.buffer.getvalue().decode(file.encoding)
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def assert_golden(name: str, text: str) -> None:
    """The text is the recorded one, byte for byte."""
    path = FOLDER / f"{name}.txt"
    if os.environ.get("GRADER_UPDATE_GOLDENS") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert path.exists(), f"no golden {path.name}: record it with GRADER_UPDATE_GOLDENS=1"
    assert text == path.read_bytes().decode("utf-8")
