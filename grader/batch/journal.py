"""The journal of a batch: what was graded, durably, in one SQLite file, so that nothing is graded twice or lost."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.batch.entry import Entry, Standing, Took
from grader.batch.journal_error import JournalError, JournalFault, damaged, damaged_report
from grader.batch.stored import ReportReader, UnreadableReportError
from grader.model.report import SubmissionReport
from grader.model.shared_report import SharedReport

FILE_NAME = "journal.sqlite"
SCHEMA = 2
"""Raised when the table changes in a way that an older grader cannot read."""
APPLICATION = 0x67726A31
"""``grj1``: marks a SQLite file as a journal of this grader (https://sqlite.org/pragma.html#pragma_application_id)."""

# WAL with synchronous=FULL syncs the log at each commit, so that a committed row is there after a kill -9, and after a
# power cut as well, as far as the disk keeps what it has confirmed; with NORMAL a power cut could take back the last
# commits (https://sqlite.org/pragma.html#pragma_synchronous). A connection in the exclusive mode holds the file's lock
# until it is closed, and the system lets go of it when the process dies, however it dies. It needs no shared memory,
# either, so that a journal may lie on a network drive (https://sqlite.org/wal.html#noshm).
_LOCK = "PRAGMA locking_mode=EXCLUSIVE"
_KEEP = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")
_TABLE = """
CREATE TABLE hand_in (
  id TEXT PRIMARY KEY NOT NULL,
  key TEXT NOT NULL,
  status TEXT NOT NULL,
  score TEXT,
  undecided TEXT NOT NULL,
  reason TEXT NOT NULL,
  report BLOB NOT NULL,
  shown BLOB,
  wall_s REAL NOT NULL,
  cpu_s REAL,
  peak_bytes INTEGER
)"""
_COLUMNS = "id, key, status, score, undecided, reason, report, shown, wall_s, cpu_s, peak_bytes"


class Journal:
    """One journal, open, and locked against other runs; a context manager.

    Parameters
    ----------
    path : Path
        The file; made where it is not there.

    Raises
    ------
    JournalError
        Another run holds it, it is damaged, is no journal, is of another version, or the folder cannot be written to.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reader = ReportReader()
        with self._faults():
            # Each statement is a transaction of its own, unless one is begun.
            self._database = sqlite3.connect(path, timeout=0.0, isolation_level=None)
        with ExitStack() as unless_open:
            unless_open.callback(self._database.close)
            self._open()
            unless_open.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def standing(self, hand_in: str) -> Standing | None:
        """Return where a hand-in stands.

        Parameters
        ----------
        hand_in : str
            Its id.

        Returns
        -------
        Standing or None
            None where it was never graded.

        Raises
        ------
        JournalError
            The file cannot be read.
        """
        query = "SELECT id, key, status, score, undecided, reason FROM hand_in WHERE id = ?"
        with self._faults():
            row = self._database.execute(query, (hand_in,)).fetchone()
        if row is None:
            return None
        try:
            return Standing(
                hand_in=row[0],
                key=row[1],
                status=row[2],
                score=None if row[3] is None else Fraction(row[3]),
                undecided=Fraction(row[4]),
                reason=row[5],
            )
        except (ValueError, TypeError, ArithmeticError) as error:
            raise self._damaged(f"the points of {hand_in} cannot be read") from error

    def record(self, entries: Sequence[Entry]) -> None:
        """Keep what was graded, for good once this returns.

        Parameters
        ----------
        entries : sequence of Entry
            Each replaces what was known of its hand-in. All are kept, or none.

        Raises
        ------
        JournalError
            The file cannot be written, for instance because the disk is full.
        """
        rows = [_row(entry) for entry in entries]
        marks = ", ".join("?" * len(_COLUMNS.split(",")))
        with self._faults():
            self._database.execute("BEGIN IMMEDIATE")
            with ExitStack() as unless_committed:
                unless_committed.callback(self._roll_back)
                # The names of the columns are the constant above.
                insert = f"INSERT OR REPLACE INTO hand_in ({_COLUMNS}) VALUES ({marks})"  # noqa: S608 - our own constants
                self._database.executemany(insert, rows)
                self._database.execute("COMMIT")
                unless_committed.pop_all()

    def report(self, hand_in: str) -> SubmissionReport:
        """Return the report of a hand-in.

        Parameters
        ----------
        hand_in : str
            Its id.

        Returns
        -------
        SubmissionReport

        Raises
        ------
        KeyError
            It was never graded.
        JournalError
            What is kept of it cannot be read.
        """
        return self.shared(hand_in).whole()

    def shared(self, hand_in: str) -> SharedReport:
        """Return the report of a hand-in, which shares what is the same in others.

        Parameters
        ----------
        hand_in : str
            Its id.

        Returns
        -------
        SharedReport

        Raises
        ------
        KeyError, JournalError
            As `report`.
        """
        return self._read(hand_in, self._packed("SELECT report FROM hand_in WHERE id = ?", hand_in))

    def shown(self, hand_in: str) -> SubmissionReport:
        """Return what the students of a hand-in are shown: its report, without what is hidden from them.

        Parameters
        ----------
        hand_in : str
            Its id.

        Returns
        -------
        SubmissionReport

        Raises
        ------
        KeyError, JournalError
            As `report`.
        """
        return self._read(hand_in, self.packed(hand_in)).whole()

    def packed(self, hand_in: str) -> bytes:
        """Return what the students of a hand-in are shown, as it is kept.

        Parameters
        ----------
        hand_in : str
            Its id.

        Returns
        -------
        bytes
            For a `ReportReader`.

        Raises
        ------
        KeyError, JournalError
            As `report`.
        """
        return self._packed("SELECT coalesce(shown, report) FROM hand_in WHERE id = ?", hand_in)

    def _packed(self, query: str, hand_in: str) -> bytes:
        with self._faults():
            row = self._database.execute(query, (hand_in,)).fetchone()
        if row is None:
            raise KeyError(hand_in)
        # SQLite keeps any kind of value in any column.
        if not isinstance(row[0], bytes):
            raise damaged_report(self._path, hand_in)
        return row[0]

    def _read(self, hand_in: str, packed: bytes) -> SharedReport:
        try:
            return self._reader.read(packed)
        except UnreadableReportError as error:
            raise damaged_report(self._path, hand_in) from error

    def took(self, hand_in: str) -> Took | None:
        """Return what grading a hand-in took.

        Parameters
        ----------
        hand_in : str
            Its id.

        Returns
        -------
        Took or None
            None where it was never graded.

        Raises
        ------
        JournalError
            The file cannot be read.
        """
        with self._faults():
            query = "SELECT wall_s, cpu_s, peak_bytes FROM hand_in WHERE id = ?"
            row = self._database.execute(query, (hand_in,)).fetchone()
        if row is None:
            return None
        # SQLite keeps any kind of value in any column.
        if not isinstance(row[0], float) or not all(isinstance(value, int | float | None) for value in row[1:]):
            raise self._damaged(f"what {hand_in} took cannot be read")
        return Took(wall_s=row[0], cpu_s=row[1], peak_bytes=row[2])

    def hand_ins(self) -> Iterator[str]:
        """Yield the ids of all that is kept, also of hand-ins that are no longer in the class.

        Yields
        ------
        str

        Raises
        ------
        JournalError
            The file cannot be read.
        """
        with self._faults():
            for (hand_in,) in self._database.execute("SELECT id FROM hand_in"):
                yield str(hand_in)

    def _roll_back(self) -> None:
        if self._database.in_transaction:
            self._database.execute("ROLLBACK")

    def _open(self) -> None:
        with self._faults():
            self._database.execute(_LOCK)
            (application,) = self._database.execute("PRAGMA application_id").fetchone()
            (version,) = self._database.execute("PRAGMA user_version").fetchone()
            (tables,) = self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        new = (application, version, tables) == (0, 0, 0)
        if application != APPLICATION and not new:
            raise self._other("this is a SQLite file, but not a journal of the grader")
        if version != SCHEMA and not new:
            raise self._other(f"this journal is of version {version}, and this grader reads version {SCHEMA}")
        with self._faults():
            (found,) = self._database.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                raise self._damaged(f"the journal is damaged: {found}")
            # Only now: it writes into the file, which has to be ours for that.
            for statement in _KEEP:
                self._database.execute(statement)
            if new:
                self._make()

    def _make(self) -> None:
        # In one transaction: a kill in the middle leaves an empty file, which the next run makes a journal of.
        self._database.execute("BEGIN EXCLUSIVE")
        self._database.execute(f"PRAGMA application_id={APPLICATION}")
        self._database.execute(f"PRAGMA user_version={SCHEMA}")
        self._database.execute(_TABLE)
        self._database.execute("COMMIT")

    def _other(self, says: str) -> JournalError:
        help_ = "name another folder with `--out`, or move the file away to grade everything again"
        return JournalError(JournalFault.OTHER, self._path, says, help_)

    def _damaged(self, says: str) -> JournalError:
        return damaged(self._path, says)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Turn what SQLite raises into what a lecturer can act on, by its code and never by its words."""
        try:
            yield
        except sqlite3.Error as error:
            # The low byte is the primary code (https://sqlite.org/rescode.html); 0 where Python itself refuses.
            match getattr(error, "sqlite_errorcode", 0) & 0xFF:
                case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                    says = "another run is grading into this folder"
                    help_ = "wait until it has ended, or name another folder with `--out`"
                    raise JournalError(JournalFault.BUSY, self._path, says, help_) from error
                case sqlite3.SQLITE_NOTADB:
                    raise self._other("this file is not a journal") from error
                case sqlite3.SQLITE_CORRUPT:
                    raise self._damaged(f"the journal is damaged: {error}") from error
                case _:
                    says = f"the journal cannot be read or written: {error}"
                    help_ = "see that the folder may be written to and that its disk is not full, and run again"
                    raise JournalError(JournalFault.UNUSABLE, self._path, says, help_) from error


def _row(entry: Entry) -> tuple[str | bytes | float | int | None, ...]:
    standing, took = entry.standing, entry.took
    return (
        standing.hand_in,
        standing.key,
        standing.status,
        None if standing.score is None else str(standing.score),
        str(standing.undecided),
        standing.reason,
        entry.report,
        entry.shown,
        took.wall_s,
        took.cpu_s,
        took.peak_bytes,
    )
