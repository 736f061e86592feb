"""A bar on a terminal, nothing in a pipe."""

import io
import re

import pytest
from rich.console import Console

from grader.reporting.progress import progress
from tests.reporting.goldens import plain_console, written


class Terminal(io.StringIO):
    """A file that is a terminal."""

    def isatty(self) -> bool:
        return True


def terminal(**environment: str) -> Console:
    return Console(
        file=Terminal(), width=80, force_terminal=True, legacy_windows=False, _environ={"TERM": "xterm", **environment}
    )


def run(console: Console, *names: str) -> None:
    with progress(console, len(names), "grading") as tick:
        for name in names:
            tick(name)


def test_pipe_sees_nothing() -> None:
    assert written(plain_console(80), lambda c: run(c, "ann", "bob")) == ""


def test_colours_asked_for_in_a_pipe_are_no_reason_to_move_the_cursor() -> None:
    console = Console(file=io.StringIO(), width=80, force_terminal=True, _environ={"TERM": "xterm"})
    assert written(console, lambda c: run(c, "ann", "bob")) == ""


def test_dumb_terminal_sees_nothing() -> None:
    assert written(terminal(TERM="dumb"), lambda c: run(c, "ann")) == ""


def test_terminal_sees_count_and_name_and_is_left_clean() -> None:
    text = written(terminal(), lambda c: run(c, "ann", "bob"))
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    assert "grading" in plain
    assert plain.index("0/2") < plain.index("1/2") < plain.index("2/2")
    assert "ann" in plain
    # CSI 2 K erases the line that the bar stood on, CSI ? 25 h shows the cursor again (ECMA-48, 8.3.41; DEC VT510).
    assert text.rindex("\x1b[2K") > text.rindex("bob")
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")


def test_name_is_neither_markup_nor_control_and_is_capped() -> None:
    text = written(terminal(), lambda c: run(c, "[bold]\x1b[2J\n" + "n" * 200))
    assert "[bold]" in text
    assert "\\x1b" in text
    assert "\x1b[2J" not in text
    assert "n" * 31 not in text


def test_bar_is_removed_when_the_run_is_interrupted() -> None:
    console = terminal()

    def interrupted(c: Console) -> None:
        with progress(c, 2, "grading") as tick:
            tick("ann")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted(console)
    assert isinstance(console.file, Terminal)
    text = console.file.getvalue()
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
