"""Worker processes on this machine: as many as cores, each replaced when it dies, none of them losing a hand-in."""

import contextlib
import multiprocessing
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import TypeVar

from grader.batch.crew import Crew
from grader.batch.entry import Entry
from grader.batch.errand import Errand, here
from grader.batch.talks import Told
from grader.batch.work import AHEAD, TRIES, Lost, Opening, Setup, Task, WorkersError
from grader.batch.worker import Heard, Ready, Refused, Said, work
from grader.model.isolation import IsolationReport
from grader.sandbox import SandboxUnavailableError

T = TypeVar("T")
_TOLD_BYTES = 1 << 23
"""Of what workers have told that is kept for those that come later: the mistakes of a class are some megabytes."""


@dataclass(slots=True, eq=False)
class _Worker:
    """A worker process, and what it has been sent.

    Parameters
    ----------
    process : SpawnProcess
        The process.
    connection : Connection
        To it.
    ready : bool
        Whether its sandbox is open.
    tasks : deque of Task
        In the order in which it works on them.
    """

    process: SpawnProcess
    connection: Connection
    ready: bool = False
    tasks: deque[Task] = field(default_factory=deque)


class LocalExecutor:
    """Grades in worker processes of this machine.

    They are started by spawn, which is the same on every system and inherits nothing of this process.

    Parameters
    ----------
    jobs : int
        How many, at least 1.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._context = multiprocessing.get_context("spawn")
        self._opening: Opening | None = None
        self._setup: Setup | None = None
        self._isolation: IsolationReport | None = None
        self._workers: list[_Worker] = []
        self._waiting: deque[Task] = deque()
        self._tries: dict[str, int] = {}
        self._told: list[Told] = []
        self._told_left = _TOLD_BYTES

    def start(self, opening: Opening) -> None:
        """Have workers open their sandboxes, without waiting for them."""
        self._opening = opening
        for _ in range(self._jobs):
            self._start()

    def proved(self) -> IsolationReport:
        """Return how the workers confine student code, once the first one has proved it."""
        while self._isolation is None:
            self._hear(None)
        return self._isolation

    def begin(self, setup: Setup) -> None:
        """Hand out what is the same for all hand-ins."""
        self._setup = setup
        for worker in self._workers:
            if worker.ready:
                self._send(worker, setup)

    @property
    def hungry(self) -> bool:
        """Whether another task is wanted now."""
        held = len(self._waiting) + sum(len(worker.tasks) for worker in self._workers)
        return held < AHEAD * self._jobs

    def submit(self, task: Task) -> None:
        """Have a hand-in graded."""
        self._waiting.append(task)
        self._hand_out()

    def finished(self, timeout_s: float) -> list[Entry | Lost]:
        """Return what has been graded; waits for something, but not longer than that."""
        deadline = time.monotonic() + timeout_s
        while True:
            found = self._hear(max(0.0, deadline - time.monotonic()))
            if found or time.monotonic() >= deadline:
                return found

    @contextlib.contextmanager
    def helping(self, errand: Errand[T]) -> Iterator[Callable[[T], None]]:
        """Do something else, in all workers; here, where one would be as slow."""
        if len(self._workers) < 2:
            with here(errand) as do:
                yield do
            return
        ready = [worker.connection for worker in self._workers if worker.ready]
        starting = [worker.connection for worker in self._workers if not worker.ready]
        with contextlib.ExitStack() as unless_done:
            unless_done.callback(self.close)
            crew = Crew(ready, starting, errand)
            yield crew.give
            crew.finish()
            unless_done.pop_all()

    def close(self) -> None:
        """End every worker; their sandboxes end with them."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.process.close()
            worker.connection.close()
        self._workers.clear()

    def _start(self) -> None:
        if self._opening is None:
            msg = "there is no worker before `start`"
            raise AssertionError(msg)
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=work, args=(theirs, self._opening), daemon=True)
        with theirs, _ctrl_c_held_back():
            process.start()
        self._workers.append(_Worker(process=process, connection=ours))

    def _hear(self, timeout_s: float | None) -> list[Entry | Lost]:
        """Take everything that workers have said, waiting for the first of it."""
        by_connection = {worker.connection: worker for worker in self._workers}
        found: list[Entry | Lost] = []
        for connection in wait(list(by_connection), timeout_s):
            worker = by_connection[connection]  # type: ignore[index]  # only connections were asked for
            try:
                said: Said = worker.connection.recv()
            except (EOFError, OSError):
                found += self._died(worker)
                continue
            match said:
                case Ready(isolation=isolation):
                    self._welcome(worker, isolation)
                case Refused(reason=reason, missing=missing, help=help_):
                    raise SandboxUnavailableError(reason, missing=missing, help=help_)
                case Entry():
                    worker.tasks.popleft()
                    found.append(said)
                case Told():
                    self._pass_on(said, worker)
        self._hand_out()
        return found

    def _pass_on(self, told: Told, teller: _Worker) -> None:
        """Tell the other workers, and keep it for those that come later, as far as there is room."""
        for other in self._workers:
            if other is not teller and other.ready:
                self._send(other, told)
        if told.size <= self._told_left:
            self._told_left -= told.size
            self._told.append(told)

    def _welcome(self, worker: _Worker, isolation: IsolationReport) -> None:
        if self._isolation is None:
            self._isolation = isolation
        if isolation.level != self._isolation.level:
            levels = " and ".join(sorted((isolation.level, self._isolation.level)))
            raise SandboxUnavailableError(
                f"the workers reach different isolation levels: {levels}",
                help=f"type `--isolation {max(isolation.level, self._isolation.level)}`, which all of them reach",
            )
        worker.ready = True
        if self._setup is not None:
            self._send(worker, self._setup)
        for told in self._told:
            self._send(worker, told)

    def _hand_out(self) -> None:
        if self._setup is None:
            return
        # First a task for everybody, then one ahead.
        for most in range(1, AHEAD + 1):
            for worker in self._workers:
                if self._waiting and worker.ready and len(worker.tasks) < most:
                    task = self._waiting.popleft()
                    worker.tasks.append(task)
                    self._send(worker, task)

    def _send(self, worker: _Worker, what: Heard) -> None:
        # A worker that is gone is noticed where it is listened to.
        with contextlib.suppress(OSError):
            worker.connection.send(what)

    def _died(self, worker: _Worker) -> list[Entry | Lost]:
        """Replace a worker; what it worked on is tried once more, what it only held is not to blame."""
        self._workers.remove(worker)
        worker.connection.close()
        worker.process.join()
        says = _ending(worker.process.exitcode)
        worker.process.close()
        # Where one worker could begin, another can: this one was killed as it started. Where none could, none will.
        if not worker.ready and not any(each.ready for each in self._workers):
            raise WorkersError(f"a worker process {says} before it was ready", "run the same command again to go on")
        found: list[Entry | Lost] = []
        if worker.tasks:
            task = worker.tasks.popleft()
            tries = self._tries[task.hand_in] = self._tries.get(task.hand_in, 0) + 1
            if tries < TRIES:
                self._waiting.appendleft(task)
            else:
                found.append(Lost(task=task, says=f"the grader's worker process {says} on it, {tries} times"))
        self._waiting.extendleft(reversed(worker.tasks))
        self._start()
        return found


def _ending(code: int | None) -> str:
    if code is None or code >= 0:
        return f"ended with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = str(-code)
    return f"was ended by signal {name}"


@contextlib.contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Let a process that is started here inherit that Ctrl-C waits, until it has said what it does about it."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
