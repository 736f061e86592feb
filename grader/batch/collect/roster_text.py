"""A CSV file of unknown encoding and delimiter as rows of cells, each with its line."""

import codecs
import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.batch.collect.codes import CollectCode, fault
from grader.loading.files import unreadable

# 100,000 students with long names stay far below.
_MAX_BYTES = 64 << 20
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterText:
    """A table.

    Parameters
    ----------
    header : list of str
        The first row.
    header_line : int
        Where it stands, from 1.
    rows : list of (int, list of str)
        The other rows, each with the line on which it begins; blank ones are left out.
    notes : tuple of str
        What a person should know of how it was read.
    lines : list of str
        The text, by lines.
    """

    header: list[str]
    header_line: int
    rows: list[tuple[int, list[str]]]
    notes: tuple[str, ...]
    lines: list[str]

    def source(self, line: int) -> str:
        """Return the text of a line, from 1."""
        return self.lines[line - 1] if line <= len(self.lines) else ""


def read_text(path: Path, shown: str, understood: Callable[[list[str]], int]) -> RosterText:
    """Return a CSV file as a table.

    Parameters
    ----------
    path : Path
        The file.
    shown : str
        As the user named it.
    understood : callable
        How many cells of a header are known columns; the delimiter that gives most is the file's.

    Returns
    -------
    RosterText

    Raises
    ------
    DiagnosedError
        It cannot be read, is too large, is empty or is no CSV.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        reason = unreadable(error).partition(";")[0]
        raise fault(CollectCode.ROSTER_UNREADABLE, f"the roster {reason}", shown, "check the spelling") from error
    if len(data) > _MAX_BYTES:
        raise fault(CollectCode.ROSTER_UNREADABLE, f"the roster is larger than {_MAX_BYTES >> 20} MiB", shown)
    text, note = _decoded(data)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    # Excel writes its delimiter into a line of its own.
    skipped = 1 if lines[0].casefold().startswith("sep=") else 0
    body = "\n".join(lines[skipped:])
    best: list[tuple[int, list[str]]] = []
    for delimiter in _DELIMITERS:
        try:
            rows = _rows(body, delimiter, skipped)
        except csv.Error as error:
            raise fault(CollectCode.ROSTER_UNREADABLE, f"the roster is no CSV file: {error}", shown) from error
        if rows and (not best or understood(rows[0][1]) > understood(best[0][1])):
            best = rows
    if not best:
        raise fault(CollectCode.ROSTER_UNREADABLE, "the roster is empty", shown)
    header_line, header = best[0]
    return RosterText(header=header, header_line=header_line, rows=best[1:], notes=(note,) if note else (), lines=lines)


def _rows(text: str, delimiter: str, skipped: int) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    before = 0
    for cells in reader:
        if any(cell.strip() for cell in cells):
            rows.append((before + 1 + skipped, cells))
        before = reader.line_num
    return rows


def _decoded(data: bytes) -> tuple[str, str]:
    """Return the text, and a note where its letters were guessed."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace"), ""
    # A header begins with ASCII letters, of which UTF-16 makes every other byte zero.
    for encoding, zeros in (("utf-16-le", data[1:8:2]), ("utf-16-be", data[0:8:2])):
        if zeros and not any(zeros):
            return data.decode(encoding, errors="replace"), ""
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        note = "it is not UTF-8 and was read as Windows' Latin letters (Windows-1252): check names with accents"
        try:
            return data.decode("cp1252"), note
        except UnicodeDecodeError:
            return data.decode("latin-1"), note.replace("Windows-1252", "Latin-1")
