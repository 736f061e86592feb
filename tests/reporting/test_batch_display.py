"""A panel on a terminal, a few dozen lines in a log; what was counted is what is shown."""

import io
import re
from fractions import Fraction

import pytest
from rich.console import Console

from grader.reporting.batch_display import BatchDisplay

MOST = Fraction(10)


class Terminal(io.StringIO):
    """A file that is a terminal."""

    def isatty(self):
        return True


class Clock:
    """A second passes whenever it is asked."""

    def __init__(self, step=1.0):
        self.now, self.step = 0.0, step

    def __call__(self):
        self.now += self.step
        return self.now


def terminal(width=80, encoding=None, **environment):
    file = Terminal()
    return Console(
        file=file, width=width, force_terminal=True, legacy_windows=False, _environ={"TERM": "xterm", **environment}
    )


def log(width=80):
    return Console(file=io.StringIO(), width=width, _environ={})


def shown(console, counts, *, total=None, step=1.0):
    display = BatchDisplay(
        console, title="hw1", total=len(counts) if total is None else total, max_score=MOST, clock=Clock(step)
    )
    with display:
        for name, score, undecided, reason, kept in counts:
            display.add(name, None if score is None else Fraction(score), Fraction(undecided), reason=reason, kept=kept)
    return display, re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", console.file.getvalue())


def graded(count, *, score=5, kept=False):
    return [(f"s{i}", score, 0, "", kept) for i in range(count)]


@pytest.mark.parametrize("count", [1, 39, 40, 41, 1000, 4321])
def test_a_log_of_any_class_is_short_and_ends_with_all_of_it(count):
    troubled = [(f"s{i}", None, 0, "worker died", False) for i in range(count)]
    for counts in (graded(count), troubled):
        _, text = shown(log(), counts)
        lines = text.splitlines()
        assert len(lines) <= 50
        assert lines[0].startswith(f"grading hw1: {count} hand-in")
        assert lines[-1].startswith(f"{count} of {count}")


def test_what_was_known_before_is_said_once():
    display, text = shown(log(), graded(5, kept=True))
    assert text.splitlines() == [
        "grading hw1: 5 hand-ins; first the cases and what is due on them",
        "5 of 5, mean 5 of 10, 5 known before",
    ]
    assert (display.done, display.kept) == (5, 5)


def test_a_log_says_how_fast_and_how_long():
    _, text = shown(log(), graded(40), total=40, step=2.0)
    # A clock that is asked once a hand-in: one every two seconds.
    assert "20 of 40, 30.0 a minute, 40 s left, mean 5 of 10" in text


def test_a_panel_shows_count_pace_and_distribution_and_is_removed():
    console = terminal()
    counts = [*graded(6, score=10), *graded(2, score=0), *graded(1, score=5)]
    _, text = shown(console, counts, step=0.2)
    assert "grading hw1  0 / 9" in text
    assert "grading hw1  9 / 9" in text
    assert "mean 7.2 of 10" in text
    # 2 of 9 at the lower end, 1 in the middle, 6 at the upper end: the highest column is full.
    assert "0 ▃         ▂        █ 10" in text
    raw = console.file.getvalue()
    assert raw.rindex("\x1b[2K") > raw.rindex("9 / 9")
    assert raw.rindex("\x1b[?25h") > raw.rindex("\x1b[?25l")


def test_a_panel_shows_the_last_three_that_need_a_person():
    counts = [(f"s{i}", None, 0, f"reason {i}", False) for i in range(4)] + [("ann", 5, 2, "", False)]
    _, text = shown(terminal(), counts)
    last = text[text.rindex("5 / 5") :]
    assert "s2: not graded: reason 2" in last
    assert "s3: not graded: reason 3" in last
    assert "ann: 2 points undecided" in last
    assert "s1:" not in last
    assert "1 with undecided points" in last
    assert "4 not graded" in last


def test_a_log_names_the_first_three_that_need_a_person():
    _, text = shown(log(), [(f"s{i}", None, 0, "why", False) for i in range(100)])
    assert re.findall(r"^(s\d+): not graded: why$", text, re.M) == ["s0", "s1", "s2"]


@pytest.mark.parametrize("make", [terminal, log])
def test_foreign_text_is_neither_markup_nor_control_and_takes_one_line(make):
    counts = [("[bold]x\x1b[2J", None, 0, "a\nb\r" + "n" * 500, False)]
    console = make()
    _, text = shown(console, counts)
    assert "[bold]x\\x1b[2J: not graded: a b" in text
    assert "\x1b[2J" not in console.file.getvalue()
    assert "n" * 201 not in text


def test_no_color_leaves_no_colour():
    console = terminal(NO_COLOR="1")
    shown(console, graded(3))
    assert not re.search(r"\x1b\[[0-9;]*3[0-9][0-9;]*m", console.file.getvalue())


def test_a_panel_is_not_drawn_more_often_than_it_can_be_read():
    console = terminal()
    shown(console, graded(1000), step=0.001)
    assert console.file.getvalue().count("grading hw1") < 60


def test_time_that_passes_is_shown():
    console = terminal()
    display = BatchDisplay(console, title="hw1", total=2, max_score=MOST, clock=Clock())
    with display:
        before = console.file.getvalue().count("0 / 2")
        display.redraw()
        assert console.file.getvalue().count("0 / 2") == before + 1


def test_a_terminal_of_ascii_gets_ascii(monkeypatch):
    class Old(Terminal):
        encoding = "ascii"

    console = Console(file=Old(), width=80, force_terminal=True, legacy_windows=False, _environ={"TERM": "xterm"})
    shown(console, graded(3))
    assert console.file.getvalue().isascii()


def test_an_assignment_without_points_is_no_division_by_zero():
    display = BatchDisplay(terminal(), title="hw1", total=1, max_score=Fraction(0), clock=Clock())
    with display:
        display.add("ann", Fraction(0), Fraction(0), reason="", kept=False)


def test_the_panel_goes_when_the_run_is_interrupted():
    console = terminal()
    with pytest.raises(KeyboardInterrupt), BatchDisplay(console, title="hw1", total=2, max_score=MOST, clock=Clock()):
        raise KeyboardInterrupt
    raw = console.file.getvalue()
    assert raw.rindex("\x1b[?25h") > raw.rindex("\x1b[?25l")
