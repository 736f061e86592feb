"""Worker processes that run an errand together: each is handed parts as long as it does them."""

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any

from grader.batch.errand import Begin, Did, Errand, Failed, Part
from grader.batch.work import WorkersError

_AHEAD = 2
"""Parts that a worker holds: one that it works on, and one so that it need not wait for the next."""
_TRIES = 2
"""How often a part is tried whose worker dies of it."""


class Crew:
    """Hands out the parts of an errand.

    Parameters
    ----------
    connections : sequence of multiprocessing.connection.Connection
        To workers that have nothing else to do, at least one. What they said before is of no interest any more.
    errand : Errand
        What is to be done.
    """

    def __init__(self, connections: Sequence[Connection], errand: Errand[Any]) -> None:
        self._held: dict[Connection, deque[Part]] = {connection: deque() for connection in connections}
        self._waiting: deque[Part] = deque()
        self._tries: dict[Part, int] = {}
        for connection in connections:
            self._send(connection, Begin(errand=errand))

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
        self._waiting.append(Part(given=given))
        self._hand_out()

    def finish(self) -> None:
        """Wait until all is done.

        Raises
        ------
        OSError, JournalError, WorkersError
            As `give`.
        """
        while any(self._held.values()):
            self._hear()
            self._hand_out()

    def _hand_out(self) -> None:
        while self._waiting:
            connection, held = min(self._held.items(), key=lambda one: len(one[1]))
            if len(held) >= _AHEAD:
                self._hear()
                continue
            part = self._waiting.popleft()
            held.append(part)
            self._send(connection, part)

    def _hear(self) -> None:
        for connection in wait(list(self._held)):
            worker: Connection = connection  # type: ignore[assignment]  # only connections were asked for
            try:
                said = worker.recv()
            except (EOFError, OSError):
                self._lost(worker)
                continue
            match said:
                case Did():
                    self._held[worker].popleft()
                case Failed(error=error):
                    raise error
                case _:
                    # Said of the grading that is over: what it told others, or that its sandbox is open at last.
                    pass

    def _lost(self, worker: Connection) -> None:
        """Have others do what a worker held that has died; what it worked on is tried once more."""
        held = self._held.pop(worker)
        if held:
            self._tries[held[0]] = self._tries.get(held[0], 0) + 1
        if not self._held or any(tries >= _TRIES for tries in self._tries.values()):
            says = "worker processes died while they wrote the results"
            raise WorkersError(says, "run the same command again to go on")
        self._waiting.extendleft(reversed(held))

    def _send(self, connection: Connection, what: Begin | Part) -> None:
        # A worker that is gone is noticed where it is listened to.
        with suppress(OSError):
            connection.send(what)
