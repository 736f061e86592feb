"""The same work on a Dask cluster: hand-ins go out a few at a time, and a worker that vanishes loses none of them."""

import contextlib
import secrets
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from queue import Empty, SimpleQueue
from typing import TypeVar

from distributed import Client, Future, KilledWorker

from grader.batch.desk import Desk, Parcel, TrustedSources, grade_here, prove_here, versions
from grader.batch.entry import Entry
from grader.batch.errand import Errand, here
from grader.batch.work import TRIES, Lost, Opening, Setup, Task, WorkersError
from grader.batch.worker import Ready, Refused
from grader.model.isolation import IsolationReport
from grader.sandbox import SandboxUnavailableError
from grader.truth.modules import TrustedModules

T = TypeVar("T")
_AHEAD = 3
"""Tasks under way for each thread of the cluster: one that runs, and some that cross the network meanwhile."""
_CLOSE_S = 10.0
_LOOK_S = 5.0
"""How often it is looked how many workers there are."""
_START_WORKERS = "start workers with `dask worker ADDRESS`, and run the same command again to go on"


class DaskExecutor:
    """Grades on a Dask cluster.

    Parameters
    ----------
    address : str
        The scheduler's.
    patience_s : float
        How long to wait for a worker while there is none.
    connect_s : float
        How long to wait for the scheduler.

    Raises
    ------
    WorkersError
        No scheduler answers there.
    """

    def __init__(self, address: str, *, patience_s: float = 120.0, connect_s: float = 10.0) -> None:
        self._patience_s = patience_s
        self._opening: Opening | None = None
        self._proofs: list[Future[Ready | Refused]] = []
        self._level = ""
        self._desk = f"grader-{secrets.token_hex(8)}"
        self._under_way: dict[str, tuple[Task, Future[Entry | Refused]]] = {}
        self._done: SimpleQueue[tuple[str, Future[Entry | Refused]]] = SimpleQueue()
        self._tries: dict[str, int] = {}
        self._threads = 0
        self._looked = 0.0
        self._alone_since: float | None = None
        try:
            self._client = Client(address, timeout=connect_s, set_as_default=False)
        except (OSError, ValueError) as error:
            says = f"no Dask scheduler answers at {address}: {str(error) or type(error).__name__}"
            raise WorkersError(says, "start one with `dask scheduler`, and name the address that it prints") from error

    def start(self, opening: Opening) -> None:
        """Have every worker prove how it confines student code, without waiting for it."""
        self._opening = opening
        self._asked(lambda: self._client.wait_for_workers(1, timeout=self._patience_s))
        workers = self._asked(self._client.nthreads)
        self._proofs = [
            self._client.submit(prove_here, opening, versions(), workers=[worker], pure=False) for worker in workers
        ]

    def proved(self) -> IsolationReport:
        """Return how the workers confine student code, once all that are there have proved it."""
        found: list[IsolationReport] = []
        for proof in self._proofs:
            said: Ready | Refused = self._asked(proof.result)
            match said:
                case Ready(isolation=isolation):
                    found.append(isolation)
                case Refused():
                    raise _unfit(said)
        self._proofs = []
        levels = sorted({isolation.level for isolation in found})
        if len(levels) > 1:
            raise SandboxUnavailableError(
                f"the workers reach different isolation levels: {' and '.join(levels)}",
                help=f"type `--isolation {levels[-1]}`, which all of them reach",
            )
        self._level = levels[0]
        return found[0]

    def begin(self, setup: Setup) -> None:
        """Send each worker what is the same for all hand-ins; one that joins later gets it from the scheduler."""
        if self._opening is None:
            msg = "nothing begins before `start`"
            raise AssertionError(msg)
        parcel = Parcel(
            versions=versions(),
            opening=self._opening,
            setup=setup,
            sources=TrustedSources.of(TrustedModules(setup.trusted)),
            level=self._level,
        )
        self._asked(lambda: self._client.register_plugin(Desk(self._desk, parcel), name=self._desk))

    @property
    def hungry(self) -> bool:
        """Whether another task is wanted now."""
        now = time.monotonic()
        if not self._threads or now - self._looked > _LOOK_S:
            self._looked = now
            self._threads = sum(self._asked(self._client.nthreads).values())
        return len(self._under_way) < _AHEAD * max(1, self._threads)

    def submit(self, task: Task) -> None:
        """Have a hand-in graded."""
        future = self._client.submit(grade_here, self._desk, task, pure=False)
        self._under_way[task.hand_in] = (task, future)
        future.add_done_callback(lambda done, hand_in=task.hand_in: self._done.put((hand_in, done)))

    def finished(self, timeout_s: float) -> list[Entry | Lost]:
        """Return what has been graded; waits for something, but not longer than that."""
        found: list[Entry | Lost] = []
        with contextlib.suppress(Empty):
            found += self._taken(*self._done.get(timeout=timeout_s))
            while True:
                found += self._taken(*self._done.get_nowait())
        if not found:
            self._look_for_workers()
        return found

    def helping(self, errand: Errand[T]) -> AbstractContextManager[Callable[[T], None]]:
        """Do something else, here: what is to be written lies on this machine."""
        return here(errand)

    def close(self) -> None:
        """End what is under way, and leave; the workers stay for others."""
        with contextlib.suppress(OSError, TimeoutError, ValueError):
            self._client.cancel([future for _, future in self._under_way.values()], force=True)
            self._client.unregister_worker_plugin(self._desk)
        self._client.close(timeout=_CLOSE_S)

    def _taken(self, hand_in: str, future: Future[Entry | Refused]) -> list[Entry | Lost]:
        task, current = self._under_way.get(hand_in, (None, None))
        if task is None or current is not future:
            return []
        del self._under_way[hand_in]
        if future.cancelled():
            # Nobody has cancelled it but a scheduler that has forgotten it.
            return self._again(task, "the Dask scheduler has lost it")
        fault = future.exception()
        if isinstance(fault, KilledWorker):
            deaths = fault.allowed_failures + 1
            return self._again(task, f"{deaths} Dask workers died while they worked on it")
        if fault is not None:
            says = f"a Dask worker cannot grade: {type(fault).__name__}: {fault}"
            raise WorkersError(says, "see that the same version of the grader is installed where the workers run")
        said: Entry | Refused = future.result()
        if isinstance(said, Refused):
            raise _unfit(said)
        return [said]

    def _again(self, task: Task, says: str) -> list[Entry | Lost]:
        """Try a hand-in once more: it may only have stood beside the one that its workers died of."""
        tries = self._tries[task.hand_in] = self._tries.get(task.hand_in, 0) + 1
        if tries >= TRIES:
            return [Lost(task=task, says=f"{says}, {tries} times")]
        self.submit(task)
        return []

    def _look_for_workers(self) -> None:
        """End where nobody has been there for a while; what is in the journal stays."""
        if self._client.status not in {"running", "connecting"}:
            raise WorkersError("the Dask scheduler is gone", _START_WORKERS)
        now = time.monotonic()
        if self._asked(self._client.nthreads):
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = now
        elif now - self._alone_since > self._patience_s:
            raise WorkersError("there has been no Dask worker for a while", _START_WORKERS)

    def _asked(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except TimeoutError as error:
            raise WorkersError("no Dask worker has come", _START_WORKERS) from error
        except (OSError, KilledWorker) as error:
            says = f"the Dask cluster does not answer: {str(error) or type(error).__name__}"
            raise WorkersError(says, _START_WORKERS) from error


def _unfit(refused: Refused) -> SandboxUnavailableError:
    return SandboxUnavailableError(
        f"a Dask worker refuses: {refused.reason}", missing=refused.missing, help=refused.help
    )
