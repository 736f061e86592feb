"""A CSV file of the teacher's that points are filled into: every other cell stays as it is."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from grader.reporting.csv_cells import csv_text

_DELIMITERS = (",", ";", "\t")
_LOOKED_AT = 3


class TeacherFileError(Exception):
    """Raised where a file cannot be filled in.

    Parameters
    ----------
    code : str
        Of the fault; codes never change meaning.
    says, help_ : str
        What is wrong, and what to do.
    """

    def __init__(self, code: str, says: str, help_: str = "") -> None:
        super().__init__(says)
        self.code, self.says, self.help = code, says, help_


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The cells of a CSV file, and how it was written.

    Parameters
    ----------
    rows : tuple of tuple of str
        The first is the header; all of its length or longer.
    delimiter, line_end, mark : str
        As found; `mark` is the byte order mark or empty.
    """

    rows: tuple[tuple[str, ...], ...]
    delimiter: str
    line_end: str
    mark: str

    @property
    def header(self) -> tuple[str, ...]:
        """Titles, without spaces around them."""
        return tuple(title.strip() for title in self.rows[0])

    def column(self, *titles: str) -> int | None:
        """Return the first column of one of these titles; None where there is none."""
        return next((self.header.index(title) for title in titles if title in self.header), None)

    def text(self) -> str:
        """Return the file."""
        text = "".join(csv_text(self.rows, delimiter=self.delimiter))
        return self.mark + (text if self.line_end == "\r\n" else text.replace("\r\n", self.line_end))

    def with_rows(self, change: Callable[[int, tuple[str, ...]], Sequence[str]]) -> "Cells":
        """Return the file with each row changed by a function of its number and cells."""
        return replace(self, rows=tuple(tuple(change(index, row)) for index, row in enumerate(self.rows)))


def read_cells(data: bytes) -> Cells:
    """Return the cells of a CSV file.

    Parameters
    ----------
    data : bytes
        UTF-8, with or without a byte order mark; UTF-16 with one, as some spreadsheets save.

    Returns
    -------
    Cells

    Raises
    ------
    TeacherFileError
        The bytes are no text, no CSV, or there is no row.
    """
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise TeacherFileError("E004", "the file is not UTF-8 text", "save it as CSV in UTF-8") from error
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix(mark)
    line_end = "\r\n" if "\r\n" in text else "\n"
    delimiter = max(_DELIMITERS, key=lambda each: _evenness(text, each))
    try:
        rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)]
    except csv.Error as error:
        raise TeacherFileError("E004", f"the file is not CSV: {error}", "export it again") from error
    rows = [row for row in rows if row]
    if not rows:
        raise TeacherFileError("E004", "the file is empty", "export it again")
    width = len(rows[0])
    padded = tuple(row + ("",) * (width - len(row)) for row in rows)
    return Cells(rows=padded, delimiter=delimiter, line_end=line_end, mark=mark)


def _evenness(text: str, delimiter: str) -> int:
    """Return how many cells the first rows have alike; 0 where they differ.

    Canvas decides so itself (``GradebookImporter#identify_delimiter`` of instructure/canvas-lms).
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        counts = [len(row) for row, _ in zip(reader, range(_LOOKED_AT), strict=False)]
    except csv.Error:
        return 0
    return counts[0] if counts and len(set(counts)) == 1 else 0
