"""The key file of an anonymous class: a CSV file with a row for each pseudonym."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

from grader.batch.collect.codes import CollectCode, fault
from grader.loading.shown_name import MAX_PATH, shown

_KINDS = frozenset({"student", "group", "stray"})
# A spreadsheet takes a cell that begins so for a formula (owasp.org, "CSV Injection"); an apostrophe before it does not
# show there, and is taken off when the file is read.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """A pseudonym and what it stands for.

    Parameters
    ----------
    kind : str
        ``student``, ``group`` (the hand-in of several) or ``stray`` (what is nobody's).
    pseudonym : str
        Unique in the file.
    id : str
        What it stands for; unique among its kind.
    name, email, keys, path : str
        For people.
    """

    kind: str
    pseudonym: str
    id: str
    name: str = ""
    email: str = ""
    keys: str = ""
    path: str = ""


_COLUMNS = tuple(field.name for field in fields(KeyRow))


def read_key(path: Path) -> tuple[KeyRow, ...]:
    """Return the rows of a key file; none where there is no file yet.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    tuple of KeyRow

    Raises
    ------
    DiagnosedError
        It cannot be read, or is no key file: nobody may lose a pseudonym, so that nothing is guessed.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise _refused(path, f"the key file cannot be read: {reason}") from error
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise _refused(path, f"the key file is no CSV file: {error}") from error
    if not lines or tuple(lines[0]) != _COLUMNS:
        raise _refused(path, "this is not a key file of grader")
    rows: list[KeyRow] = []
    seen: set[tuple[str, ...]] = set()
    for cells in lines[1:]:
        row = KeyRow(**dict(zip(_COLUMNS, map(_plain, cells), strict=False))) if len(cells) == len(_COLUMNS) else None
        if row is None or row.kind not in _KINDS or not row.pseudonym:
            raise _refused(path, f"row {len(rows) + 2} of the key file is damaged")
        if {(row.kind, row.id), (row.pseudonym,)} & seen:
            raise _refused(path, f"row {len(rows) + 2} of the key file says what another says")
        seen |= {(row.kind, row.id), (row.pseudonym,)}
        rows.append(row)
    return tuple(rows)


def written_key(rows: Iterable[KeyRow]) -> bytes:
    """Return a key file.

    Parameters
    ----------
    rows : iterable of KeyRow
        In their order.

    Returns
    -------
    bytes
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for row in rows:
        writer.writerow([_safe(getattr(row, column)) for column in _COLUMNS])
    return text.getvalue().encode("utf-8-sig")  # the mark tells spreadsheets that it is UTF-8


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") else cell


def _refused(path: Path, says: str) -> Exception:
    help_ = "keep the file as it was written, or name a new one: then everybody gets a new pseudonym"
    return fault(CollectCode.KEY_UNREADABLE, says, shown(str(path), MAX_PATH), help_)
