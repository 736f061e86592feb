"""Worker processes that run an errand together: each is handed parts as long as it does them."""

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any

from grader.batch.errand import Begin, Did, Errand, Failed, Piece
from grader.batch.work import AHEAD, TRIES, WorkersError
from grader.batch.worker import Ready


class Crew:
    """Hands out the parts of an errand.

    Parameters
    ----------
    ready : sequence of multiprocessing.connection.Connection
        To workers that have nothing else to do. What they said before is of no interest any more.
    starting : sequence of multiprocessing.connection.Connection
        To workers that will be ready.
    errand : Errand
        What is to be done.
    """

    def __init__(self, ready: Sequence[Connection], starting: Sequence[Connection], errand: Errand[Any]) -> None:
        self._errand = errand
        self._held: dict[Connection, deque[Piece]] = {}
        self._starting = list(starting)
        self._waiting: deque[Piece] = deque()
        self._tries: dict[Piece, int] = {}
        for connection in ready:
            self._welcome(connection)

    def give(self, given: object) -> None:
        """Have a part done; wait while everybody holds enough.

        Parameters
        ----------
        given : object
            The part.

        Raises
        ------
        OSError, JournalError
            An earlier part could not be done.
        WorkersError
            Nobody is left to do it.
        """
        self._waiting.append(Piece(given=given))
        self._hand_out()

    def finish(self) -> None:
        """Wait until all is done.

        Raises
        ------
        OSError, JournalError, WorkersError
            As `give`.
        """
        while any(self._held.values()) or self._waiting:
            self._hear()
            self._hand_out()

    def _hand_out(self) -> None:
        while self._waiting:
            free = [each for each in self._held.items() if len(each[1]) < AHEAD]
            if not free:
                self._hear()
                continue
            connection, held = min(free, key=lambda each: len(each[1]))
            held.append(self._waiting.popleft())
            self._send(connection, held[-1])

    def _hear(self) -> None:
        asked = [*self._held, *self._starting]
        spoke = wait(asked)
        for worker in [each for each in asked if each in spoke]:
            try:
                said = worker.recv()
            except (EOFError, OSError):
                self._lost(worker)
                continue
            match said:
                case Did():
                    self._held[worker].popleft()
                case Ready() if worker in self._starting:
                    self._starting.remove(worker)
                    self._welcome(worker)
                case Failed(error=error):
                    raise error
                case _:
                    # Said of the grading that is over.
                    pass

    def _lost(self, worker: Connection) -> None:
        """Have others do what a worker held that has died; what it worked on is tried once more."""
        if worker in self._starting:
            self._starting.remove(worker)
        held = self._held.pop(worker, deque())
        if held:
            self._tries[held[0]] = self._tries.get(held[0], 0) + 1
        if not (self._held or self._starting) or any(tries >= TRIES for tries in self._tries.values()):
            says = "worker processes died while they wrote the results"
            raise WorkersError(says, "run the same command again to go on")
        self._waiting.extendleft(reversed(held))

    def _welcome(self, connection: Connection) -> None:
        self._held[connection] = deque()
        self._send(connection, Begin(errand=self._errand))

    def _send(self, connection: Connection, what: Begin | Piece) -> None:
        # A worker that is gone is noticed where it is listened to.
        with suppress(OSError):
            connection.send(what)
