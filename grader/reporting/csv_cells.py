"""Cells of a CSV file: real quoting, and no text that a spreadsheet would run as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from grader.reporting.points import points_text

# OWASP, "CSV Injection": what makes spreadsheets read a cell as a formula, with the full-width forms that some locales
# accept. An apostrophe before it says "text" to Excel, LibreOffice and Google Sheets. Apostrophes that stand there
# already are covered, so that exactly one is to be taken away again.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_ROWS_A_PIECE = 1000


def text_cell(text: str) -> str:
    r"""Return text as a cell that no spreadsheet computes.

    Parameters
    ----------
    text : str
        Anything, also from a student.

    Returns
    -------
    str
        With an apostrophe before it where a formula could begin; encodable as UTF-8: a lone surrogate is written as
        ``\udcXX``.

    Examples
    --------
    >>> text_cell("=1+1"), text_cell("Ada")
    ("'=1+1", 'Ada')
    """
    encodable = text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\ufffd")
    return f"'{encodable}" if _FORMULA.match(encodable) else encodable


def text_of_cell(cell: str) -> str:
    """Return the text that `text_cell` made a cell of.

    Parameters
    ----------
    cell : str
        From a file that was written here.

    Returns
    -------
    str
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def points_cell(points: Fraction | None, *, of: Fraction | None = None) -> str:
    """Return points as a number in a cell; blank for None.

    Parameters
    ----------
    points : Fraction or None
        Exact points.
    of : Fraction, optional
        The points that could be had.

    Returns
    -------
    str
        With a decimal point, never neutralised: a leading minus is a number's.
    """
    return "" if points is None else points_text(points, of=of)


def csv_text(rows: Iterable[Sequence[str]], *, delimiter: str = ",") -> Iterator[str]:
    r"""Yield rows as CSV (RFC 4180: ``\r\n`` after each row, quotes doubled).

    Parameters
    ----------
    rows : iterable of sequence of str
        Cells.
    delimiter : str
        Between cells.

    Yields
    ------
    str
        A piece of the file; some rows at a time.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    for index, row in enumerate(rows, start=1):
        writer.writerow(row)
        if index % _ROWS_A_PIECE == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()
