"""``grader batch`` with workers that take no time: what is left is what one process does for a class of any size.

Each hand-in gets the entry of an example that was graded before; all else is the command's own work: collecting,
reading, keys, journal, display, results, class report. Run by ``throughput.py --alone``.
"""

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TypeVar
from unittest import mock

from benchmarks.floor import RUBRIC, SUBMISSIONS, opened_desk
from grader.batch.entry import Entry
from grader.batch.errand import Errand, here
from grader.batch.work import Opening, Setup, Task, graded_entry
from grader.cli import main as grader_main
from grader.grading.graded import Manner
from grader.loading.submissions import load_submissions
from grader.model.isolation import IsolationReport

T = TypeVar("T")
AHEAD = 4
"""As many as two workers hold."""
BEGIN = "begin"
"""The line that stands before those of the command."""


class InstantWorkers:
    """Does the work of a run by giving what was known before.

    Parameters
    ----------
    entries : sequence of Entry
        Given in turn.
    isolation : IsolationReport
        What the workers prove.
    """

    def __init__(self, entries: Sequence[Entry], isolation: IsolationReport) -> None:
        self._entries = entries
        self._isolation = isolation
        self._given = 0
        self._done: list[Entry] = []

    def start(self, opening: Opening) -> None:
        """Do nothing."""

    def proved(self) -> IsolationReport:
        """Return what the sandbox proved in which the examples were graded."""
        return self._isolation

    def begin(self, setup: Setup) -> None:
        """Do nothing."""

    @property
    def hungry(self) -> bool:
        """Whether fewer are under way than two workers hold."""
        return len(self._done) < AHEAD

    def submit(self, task: Task) -> None:
        """Take a hand-in, which is graded by then."""
        entry = self._entries[self._given % len(self._entries)]
        self._given += 1
        self._done.append(replace(entry, standing=replace(entry.standing, hand_in=task.hand_in, key=task.key)))

    def finished(self, timeout_s: float) -> list[Entry]:  # noqa: ARG002 - there is nothing to wait for
        """Return one, as a worker would: each is a transaction of the journal."""
        return [self._done.pop(0)] if self._done else []

    def helping(self, errand: Errand[T]) -> AbstractContextManager[Callable[[T], None]]:
        """Have the command write all results itself."""
        return here(errand)

    def close(self) -> None:
        """Do nothing."""


def example_entries() -> tuple[list[Entry], IsolationReport]:
    """Grade the example submissions."""
    with opened_desk(RUBRIC) as desk:
        functions = tuple(problem.function for problem in desk.rubric.assignment.problem)
        found = load_submissions([str(SUBMISSIONS)], functions=functions)
        manner = Manner(rubric=desk.rubric.shown)
        tasks = [Task(hand_in=one.student, key="", submission=one) for one in found]
        entries = [graded_entry(task, desk.grading, manner, desk.sandbox, time.perf_counter) for task in tasks]
        return entries, desk.sandbox.report


def main(arguments: Sequence[str]) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str
        As ``grader`` takes them.

    Returns
    -------
    int
        Its exit status.
    """
    entries, isolation = example_entries()
    # What follows is the command itself.
    print(BEGIN, flush=True)
    with mock.patch("grader.cli.batch.LocalExecutor", return_value=InstantWorkers(entries, isolation)):
        return grader_main(list(arguments))


def start() -> None:
    """Run the command line of this process."""
    sys.exit(main(sys.argv[1:]))
