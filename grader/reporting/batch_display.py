"""How far a run over a class has come: a live panel on a terminal, a few dozen plain lines anywhere else."""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from grader.reporting.page import Page
from grader.reporting.points import points_count, points_text

_BINS = 20
"""Columns of the distribution: 5 % of the points each."""
_HEIGHTS = " ▁▂▃▄▅▆▇█"
_ASCII_HEIGHTS = " .:-=+*%#"
_BAR_CELLS = 40
_TROUBLES = 3
"""So many of what needs a person are shown: the newest on a terminal, the first in a log."""
_LINES = 40
"""So many lines of progress a log gets, however large the class is."""
_FIRST = "first the cases and what is due on them"
_REDRAW_S = 0.1
"""A panel that changes more often than this cannot be read, and costs time that grading could use."""
_RATE_OVER = 200
"""Hand-ins over which the rate is taken: enough to be steady, few enough to follow a change."""


@dataclass(slots=True, kw_only=True)
class _Tally:
    """What has been counted so far."""

    done: int = 0
    kept: int = 0
    graded: int = 0
    undecided: int = 0
    not_graded: int = 0
    points: Fraction = Fraction(0)
    bins: list[int] = field(default_factory=lambda: [0] * _BINS)

    def add(self, score: Fraction | None, undecided: Fraction, max_score: Fraction) -> None:
        self.done += 1
        if score is None:
            self.not_graded += 1
            return
        self.graded += 1
        self.undecided += undecided > 0
        self.points += score
        share = score / max_score if max_score else Fraction(1)
        self.bins[min(max(int(share * _BINS), 0), _BINS - 1)] += 1


class BatchDisplay:
    """Shows a run; a context manager.

    Parameters
    ----------
    console : rich.console.Console
        Where to; usually that of stderr.
    title : str
        What is graded.
    total : int
        How many hand-ins there are.
    max_score : Fraction
        The assignment's points.
    clock : callable
        Seconds since some moment.

    Notes
    -----
    It is drawn when something is counted or time passes, by whoever says so: it has no thread of its own. A panel is
    removed at the end.
    """

    def __init__(
        self,
        console: Console,
        *,
        title: str,
        total: int,
        max_score: Fraction,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._page = Page(console=console)
        self._title = title
        self._total = total
        self._max_score = max_score
        self._clock = clock
        self._tally = _Tally()
        self._troubles: deque[tuple[str, str]] = deque(maxlen=_TROUBLES)
        self._troubles_said = 0
        self._lines = 0
        self._drawn = -math.inf
        self._times: deque[float] = deque(maxlen=_RATE_OVER)
        # As for `progress`: a cursor can be moved only where the file is a terminal, whatever colours are asked for.
        isatty = getattr(console.file, "isatty", None)
        self._live: Live | None = None
        if console.is_interactive and callable(isatty) and isatty():
            self._live = Live(
                console=console, transient=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
            )

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
            self.redraw()
        else:
            self._page.line(self._page.text(f"grading {self._title}: {_hand_ins(self._total)}; {_FIRST}"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    @property
    def done(self) -> int:
        """How many hand-ins were counted."""
        return self._tally.done

    @property
    def kept(self) -> int:
        """How many of them were known before this run."""
        return self._tally.kept

    def add(self, name: str, score: Fraction | None, undecided: Fraction, *, reason: str, kept: bool) -> None:
        """Count one hand-in.

        Parameters
        ----------
        name : str
            Whose.
        score : Fraction or None
            None where it was not graded.
        undecided : Fraction
            Points for a person to decide on.
        reason : str
            Why it was not graded.
        kept : bool
            True where it was graded in an earlier run.
        """
        self._tally.add(score, undecided, self._max_score)
        if kept:
            self._tally.kept += 1
        else:
            self._times.append(self._clock())
        if score is None:
            self._trouble(name, f"not graded: {reason}")
        elif undecided > 0:
            self._trouble(name, f"{points_count(undecided)} undecided")
        if self._live is None:
            self._log(kept=kept)
        elif self._clock() - self._drawn >= _REDRAW_S or self._tally.done == self._total:
            self.redraw()

    def redraw(self) -> None:
        """Show the time that has passed."""
        if self._live is not None:
            self._drawn = self._clock()
            self._live.update(self._panel(), refresh=True)

    def _trouble(self, name: str, says: str) -> None:
        self._troubles.append((name, says))
        if self._live is None and self._troubles_said < _TROUBLES:
            self._troubles_said += 1
            self._page.line(self._one_line(f"{name}: {says}", room=200))

    def _log(self, *, kept: bool) -> None:
        # A line at each fortieth of the class, so that a log of any run can be read.
        due = self._tally.done * _LINES // self._total
        if self._tally.done < self._total and (kept or (due <= self._lines and self._total > _LINES)):
            return
        self._lines = due
        parts = [f"{self._tally.done} of {self._total}", *self._pace(), *self._counts()]
        self._page.line(self._page.text(", ".join(parts)))

    def _pace(self) -> list[str]:
        # From one hand-in to another: the plan, which is drawn before the first, says nothing of the next ones.
        passed = self._times[-1] - self._times[0] if self._times else 0.0
        if passed <= 0:
            return []
        rate = (len(self._times) - 1) / passed
        left = self._total - self._tally.done
        pace = [f"{rate:.1f} a second" if rate >= 1 else f"{rate * 60:.1f} a minute"]
        return [*pace, f"{_duration(left / rate)} left"] if left else pace

    def _counts(self) -> list[str]:
        tally = self._tally
        parts = []
        if tally.graded:
            mean = round(tally.points / tally.graded, 1)
            parts.append(f"mean {points_text(mean)} of {points_text(self._max_score, of=self._max_score)}")
        if tally.kept:
            parts.append(f"{tally.kept} known before")
        if tally.undecided:
            parts.append(f"{tally.undecided} with undecided points")
        if tally.not_graded:
            parts.append(f"{tally.not_graded} not graded")
        return parts

    def _panel(self) -> Group:
        page, tally = self._page, self._tally
        marks = page.marks
        dot = f" {marks.dot} "
        filled = tally.done * _BAR_CELLS // self._total if self._total else _BAR_CELLS
        head = Text.assemble(page.text(f"grading {self._title}", "bold"), f"  {tally.done} / {self._total}")
        bar = Text.assemble(
            (marks.full * filled, "green"), (marks.empty * (_BAR_CELLS - filled), "dim"), "  ", dot.join(self._pace())
        )
        lines = [head, bar]
        if tally.graded:
            lines.append(
                Text.assemble(("0 ", "dim"), self._distribution(), (f" {points_text(self._max_score)}", "dim"))
            )
        if not tally.done:
            lines.append(page.text(_FIRST, "dim"))
        if self._counts():
            lines.append(page.text(dot.join(self._counts())))
        if self._troubles:
            lines.append(Text("for a person", style="dim"))
        for name, says in self._troubles:
            lines.append(
                Text.assemble((f"{marks.fault} ", "yellow"), self._one_line(f"{name}: {says}", page.width - 2))
            )
        for line in lines:
            line.no_wrap = True
            line.overflow = "ellipsis" if marks.ellipsis == "…" else "crop"
        return Group(*lines)

    def _distribution(self) -> Text:
        heights = _HEIGHTS if self._page.marks.ellipsis == "…" else _ASCII_HEIGHTS
        most = max(self._tally.bins)
        steps = len(heights) - 1
        # The smallest step for one of a thousand: nobody is left out of the picture.
        columns = (heights[math.ceil(steps * count / most)] for count in self._tally.bins)
        return Text("".join(columns), style="cyan")

    def _one_line(self, text: str, room: int) -> Text:
        line = " ".join(self._page.safe(text).split())
        return Text(line if len(line) <= room else line[: room - 3] + "...")


def _hand_ins(count: int) -> str:
    return f"{count} hand-in" if count == 1 else f"{count} hand-ins"


def _duration(seconds: float) -> str:
    whole = math.ceil(seconds)
    if whole < 100:
        return f"{whole} s"
    minutes = math.ceil(whole / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02d} min"
