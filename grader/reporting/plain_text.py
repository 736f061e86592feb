"""What is written for a terminal, as text: no colours, one width, the same on every machine."""

import io
from collections.abc import Callable

from rich.console import Console

COLUMNS = 100


def plain_text(write: Callable[[Console], None]) -> str:
    """Return what a view writes.

    Parameters
    ----------
    write : callable
        Writes on the console that it is given.

    Returns
    -------
    str
        Lines of at most 100 characters, where words allow it.
    """
    paper = io.StringIO()
    # It is no terminal, whatever the environment asks of the screen.
    write(Console(file=paper, width=COLUMNS, color_system=None, force_terminal=False, highlight=False, _environ={}))
    return paper.getvalue()
