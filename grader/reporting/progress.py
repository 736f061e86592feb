"""How far a run of many submissions has come: a bar on a terminal, nothing in a pipe."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grader.reporting.page import Page

_NAME_CELLS = 30


@contextmanager
def progress(console: Console, total: int, label: str) -> Iterator[Callable[[str], None]]:
    """Show progress while the context lasts.

    Parameters
    ----------
    console : rich.console.Console
        Where to; usually that of stderr.
    total : int
        How many ticks are expected.
    label : str
        What is being done: ``"grading"``.

    Yields
    ------
    callable
        ``tick(name)``: one more is done, and this is its name.

    Notes
    -----
    The bar is drawn when something is done, by the thread that says so, which may be any: it has no thread of its own.
    It is removed at the end.
    """
    # force_terminal and FORCE_COLOR ask for colours; a cursor can be moved only where the file is a terminal.
    isatty = getattr(console.file, "isatty", None)
    if not (console.is_interactive and callable(isatty) and isatty()):
        yield _silent
        return
    page = Page(console=console)
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[name]}", markup=False, style="dim"),
        console=console,
        transient=True,
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    with bar:
        task = bar.add_task(page.safe(label), total=total, name="")
        bar.refresh()

        def tick(name: str) -> None:
            shown = " ".join(page.safe(name).split())
            cut = shown[:_NAME_CELLS] + (page.marks.ellipsis if len(shown) > _NAME_CELLS else "")
            bar.update(task, advance=1, name=cut)
            bar.refresh()

        yield tick


def _silent(name: str) -> None:
    """Say nothing."""
