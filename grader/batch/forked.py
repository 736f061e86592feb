"""Plan and truth, worked out by several processes at once where that can be done without being noticed.

Theory of operation: the processes are forks of the grader, which has the rubric's trusted modules imported already.
Each takes problem after problem from a pipe that they share and sends what it worked out through a pipe of its own.
The grader takes it only if every fork was unobtrusive: where a trusted function printed, warned, failed, drew from a
generator that all functions share or left its module changed, or a fork died, nothing was shown yet, and the grader
does all of it by itself, in the rubric's order, as if there had been no forks.
"""

import contextlib
import ctypes
import io
import os
import pickle
import random
import signal
import sys
import warnings
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

import numpy as np

from grader.grading.prepare import Part, prepared_parts
from grader.model.assignment import Assignment
from grader.truth.modules import TrustedModules

_TICKET_BYTES = 4
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


class Forked:
    """The preparation of a run, by forks of this process; a context manager that ends them.

    Forks are made on Linux only, which ends them with this process, and only while this process has one thread, for a
    fork of several may find locks taken for ever. Everywhere else, and where the system makes no more processes, this
    one does the work alone.

    Parameters
    ----------
    assignment : Assignment
        What is graded.
    modules : TrustedModules
        Its trusted folder.
    seed : int
        The root seed.
    processes : int
        How many may work; below 2 this one does.
    """

    def __init__(self, assignment: Assignment, modules: TrustedModules, seed: int, processes: int) -> None:
        self._assignment = assignment
        self._modules = modules
        self._seed = seed
        self._count = min(processes, len(assignment.problem))
        self._forks: dict[int, Connection] = {}
        """By a fork's process id, where it sends to."""

    def __enter__(self) -> Self:
        if self._count > 1 and sys.platform == "linux" and _has_one_thread():
            with contextlib.ExitStack() as unless_begun:
                unless_begun.callback(self._end)
                with contextlib.suppress(OSError):
                    self._begin()
                    unless_begun.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def parts(self) -> tuple[Part, ...]:
        """Return what was worked out of each problem, once it is done.

        Returns
        -------
        tuple of Part
            In the order of the rubric; the same bytes however many processes there were.

        Raises
        ------
        PlanError, TrustedFunctionError
            The rubric's fault.
        """
        found: dict[int, Part] = {}
        for pid, source in tuple(self._forks.items()):
            sent: dict[int, Part] = {}
            # It has ended before it had said all.
            with contextlib.suppress(EOFError, OSError):
                sent = source.recv()
            if self._ended(pid) == 0:
                found |= sent
        if len(found) < len(self._assignment.problem):
            return prepared_parts(self._assignment, self._modules, self._seed)
        return tuple(part for _, part in sorted(found.items()))

    def _begin(self) -> None:
        tickets, numbers = os.pipe()
        try:
            for i in range(len(self._assignment.problem)):
                os.write(numbers, i.to_bytes(_TICKET_BYTES, "little"))
            os.close(numbers)
            # What waits to be written is written once, here.
            for stream in filter(None, (sys.stdout, sys.stderr)):
                stream.flush()
            for _ in range(self._count):
                self._fork(tickets)
        finally:
            os.close(tickets)

    def _fork(self, tickets: int) -> None:
        ours, theirs = Pipe(duplex=False)
        grader = os.getpid()
        # Ctrl-C goes to every process of the terminal; this one ends its forks.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            try:
                pid = os.fork()
            except OSError:
                ours.close()
                raise
            if pid == 0:
                self._work(grader, tickets, theirs)
            self._forks[pid] = ours
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            theirs.close()

    def _work(self, grader: int, tickets: int, to: Connection) -> NoReturn:
        """Work out problems and send them, in a fork; nothing of what this process was doing goes on here."""
        try:
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            parts = self._worked(tickets) if os.getppid() == grader else None
            if parts is not None:
                to.send(parts)
                os._exit(0)
        finally:
            # Whatever a trusted function raised, the grader meets it again and says it.
            os._exit(1)

    def _worked(self, tickets: int) -> dict[int, Part] | None:
        """Return the parts that this fork has worked out; None if more is seen of a function than its value."""
        parts: dict[int, Part] = {}
        heard = io.StringIO()
        before = _shared_randomness(), self._modules.state()
        with (
            contextlib.redirect_stdout(heard),
            contextlib.redirect_stderr(heard),
            warnings.catch_warnings(record=True) as warned,
        ):
            while ticket := os.read(tickets, _TICKET_BYTES):
                i = int.from_bytes(ticket, "little")
                one = self._assignment.model_copy(update={"problem": (self._assignment.problem[i],)})
                (parts[i],) = prepared_parts(one, self._modules, self._seed)
        unchanged = None not in before and (_shared_randomness(), self._modules.state()) == before
        return parts if unchanged and not heard.getvalue() and not warned else None

    def _ended(self, pid: int) -> int:
        """Wait for the end of a fork, and return how it ended: 0 if all was sent that it had to send."""
        self._forks.pop(pid).close()
        try:
            return os.waitpid(pid, 0)[1]
        except ChildProcessError:
            # Whoever started this process has the system forget children as they end, and how they ended.
            return -1

    def _end(self) -> None:
        for pid in tuple(self._forks):
            # It may be forgotten already, see `_ended`.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            self._ended(pid)


def _shared_randomness() -> bytes:
    """Return the state of the generators that belong to nobody: what they give depends on who drew from them before."""
    return pickle.dumps((random.getstate(), np.random.get_state()))


def _has_one_thread() -> bool:
    try:
        return len(list(Path("/proc/self/task").iterdir())) == 1
    except OSError:
        return False
