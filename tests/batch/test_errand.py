"""An errand is done whole by whoever is left to do it, and what goes wrong is told as if it had been done here."""

import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from grader.batch.crew import Crew
from grader.batch.errand import Begin, Did, Failed, Piece, here
from grader.batch.journal import Journal
from grader.batch.journal_error import JournalError, JournalFault
from grader.batch.local import LocalExecutor
from grader.batch.run import run_batch
from grader.batch.work import WorkersError
from grader.batch.worker import Ready
from grader.model.isolation import IsolationReport
from tests.batch.in_process import Sources, Watched, request, rubric_in, some_sources

ISOLATION = IsolationReport(level="N", says="not at all")


@dataclass(frozen=True)
class Note:
    """Notes in a file which process was given what; numbers below zero are what cannot be done."""

    folder: Path

    def begin(self) -> Callable[[int], None]:
        """Return what notes a number."""

        def note(number: int) -> None:
            if number == DEADLY:
                os.kill(os.getpid(), signal.SIGKILL)
            if number < 0:
                raise OSError(28, "No space left on device", str(self.folder))
            (self.folder / str(number)).write_text(str(os.getpid()))

        return note


DEADLY = -99


Dies = Callable[[int, object], bool]


class Helpers:
    """Threads that do as worker processes do; `dies_of` says of which parts."""

    def __init__(self, count: int, dies_of: Dies, late: tuple[int, ...]) -> None:
        self.late = late
        self.done: list[tuple[int, object]] = []
        self.open = threading.Event()
        """Lets those begin that are not ready yet."""
        self.ours: list[Connection] = []
        for number in range(count):
            ours, theirs = Pipe()
            self.ours.append(ours)
            threading.Thread(target=self._work, args=(number, theirs, dies_of), daemon=True).start()

    def _when_ready(self, connection: Connection) -> object:
        self.open.wait()
        connection.send(Ready(isolation=ISOLATION))
        return connection.recv()

    def _work(self, number: int, connection: Connection, dies_of: Dies) -> None:
        with suppress(EOFError, OSError):
            begin: Any = connection.recv() if number not in self.late else self._when_ready(connection)
            assert isinstance(begin, Begin)
            while True:
                part: Any = connection.recv()
                assert isinstance(part, Piece)
                if dies_of(number, part.given):
                    break
                self.done.append((number, part.given))
                connection.send(Did())
        connection.close()


@pytest.fixture
def crew_of() -> Iterator[Callable[..., tuple[Crew, Helpers]]]:
    made: list[Helpers] = []

    def make(count: int, dies_of: Dies = lambda _, __: False, late: tuple[int, ...] = ()) -> tuple[Crew, Helpers]:
        helpers = Helpers(count, dies_of, late)
        made.append(helpers)
        ready = [each for number, each in enumerate(helpers.ours) if number not in late]
        return Crew(ready, [helpers.ours[number] for number in late], Note(Path())), helpers

    yield make
    for helpers in made:
        for connection in helpers.ours:
            connection.close()


def test_every_part_is_done_once_and_by_all(crew_of: Callable[..., tuple[Crew, Helpers]]) -> None:
    crew, helpers = crew_of(3)
    for number in range(50):
        crew.give(number)
    crew.finish()
    assert sorted(number for _, number in helpers.done) == list(range(50))
    assert {helper for helper, _ in helpers.done} == {0, 1, 2}


def test_what_a_dead_worker_held_others_do(crew_of: Callable[..., tuple[Crew, Helpers]]) -> None:
    crew, helpers = crew_of(2, lambda helper, given: helper == 0 and given == 4)
    for number in range(20):
        crew.give(number)
    crew.finish()
    assert sorted(number for _, number in helpers.done) == list(range(20))


def test_a_part_that_kills_two_workers_kills_no_third(crew_of: Callable[..., tuple[Crew, Helpers]]) -> None:
    died: list[int] = []

    def dies_of(helper: int, given: object) -> bool:
        if given == 4:
            died.append(helper)
        return given == 4

    crew, helpers = crew_of(3, dies_of)

    def everything() -> None:
        for number in range(20):
            crew.give(number)
        crew.finish()

    with pytest.raises(WorkersError, match="died while they wrote the results"):
        everything()
    assert 4 not in [number for _, number in helpers.done]
    assert len(died) == 2


def test_who_is_ready_late_helps_then(crew_of: Callable[..., tuple[Crew, Helpers]]) -> None:
    crew, helpers = crew_of(2, late=(1,))
    for number in range(4):
        crew.give(number)
    assert {helper for helper, _ in helpers.done} == {0}
    helpers.open.set()
    crew.finish()
    more = 4
    while not any(helper == 1 for helper, _ in helpers.done):
        crew.give(more)
        more += 1
    crew.finish()
    assert sorted(number for _, number in helpers.done) == list(range(more))


def test_who_is_ready_late_goes_on_alone(crew_of: Callable[..., tuple[Crew, Helpers]]) -> None:
    crew, helpers = crew_of(2, lambda helper, _: helper == 0, late=(1,))
    crew.give(0)
    helpers.open.set()
    crew.finish()
    assert helpers.done == [(1, 0)]


def test_without_anybody_left_the_run_ends(crew_of: Callable[..., tuple[Crew, Helpers]]) -> None:
    crew, _ = crew_of(1, lambda _, given: given == 1)
    crew.give(0)
    crew.give(1)
    with pytest.raises(WorkersError):
        crew.finish()


def test_a_journals_fault_passes_from_process_to_process() -> None:
    told = pickle.loads(pickle.dumps(Failed(error=JournalError(JournalFault.DAMAGED, Path("j"), "says", "help"))))
    error = told.error
    assert (error.fault, error.path, error.says, error.help_) == (JournalFault.DAMAGED, Path("j"), "says", "help")
    assert str(error) == "j: says"


def test_here_an_errand_is_done_at_once(tmp_path: Path) -> None:
    with here(Note(tmp_path)) as do:
        do(1)
        assert (tmp_path / "1").read_text() == str(os.getpid())
        with pytest.raises(OSError, match="No space"):
            do(-1)


@pytest.fixture
def executor(tmp_path: Path) -> Iterator[LocalExecutor]:
    """Two workers that have graded a class."""
    made = LocalExecutor(2)
    try:
        with Journal(tmp_path / "journal.sqlite") as journal:
            asked = request(rubric_in(tmp_path / "rubric"))
            run_batch(asked, Sources(some_sources(8)), journal, made, Watched())
        (tmp_path / "notes").mkdir()
        yield made
    finally:
        made.close()


def notes(folder: Path) -> dict[int, int]:
    return {int(path.name): int(path.read_text()) for path in (folder / "notes").iterdir()}


def test_workers_that_have_graded_do_an_errand(executor: LocalExecutor, tmp_path: Path) -> None:
    with executor.helping(Note(tmp_path / "notes")) as hand_out:
        for number in range(40):
            hand_out(number)
    found = notes(tmp_path)
    assert sorted(found) == list(range(40))
    assert os.getpid() not in found.values()
    assert len(multiprocessing.active_children()) >= 1


def test_what_a_worker_cannot_do_is_told_and_nothing_goes_on(executor: LocalExecutor, tmp_path: Path) -> None:
    def everything() -> None:
        with executor.helping(Note(tmp_path / "notes")) as hand_out:
            for number in (0, 1, -1, 2):
                hand_out(number)

    with pytest.raises(OSError, match="No space left on device") as caught:
        everything()
    assert (caught.value.errno, caught.value.strerror) == (28, "No space left on device")
    assert multiprocessing.active_children() == []


def test_an_interrupted_errand_ends_at_once(executor: LocalExecutor, tmp_path: Path) -> None:
    def everything() -> None:
        with executor.helping(Note(tmp_path / "notes")) as hand_out:
            hand_out(0)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        everything()
    assert multiprocessing.active_children() == []


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by signals here")
def test_a_part_that_kills_its_workers_ends_the_run(executor: LocalExecutor, tmp_path: Path) -> None:
    def everything() -> None:
        with executor.helping(Note(tmp_path / "notes")) as hand_out:
            hand_out(DEADLY)

    with pytest.raises(WorkersError):
        everything()
    assert multiprocessing.active_children() == []


def test_one_worker_leaves_an_errand_to_this_process(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    with LocalExecutor(1).helping(Note(tmp_path / "notes")) as hand_out:
        hand_out(3)
    assert notes(tmp_path) == {3: os.getpid()}
