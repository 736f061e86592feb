"""Small TOML files that a lecturer writes beside a rubric: read with places, every fault at once."""

import re
import stat
from collections.abc import Iterable
from enum import Enum
from pathlib import Path
from typing import Any, Literal

import tomli

from grader.loading.faults import nearest_name
from grader.loading.toml_places import Document, Key, place_at
from grader.model.diagnostic import DiagnosedError, Diagnostic, Place

MAX_BYTES = 1 << 20
"""A regrade request is a few hundred bytes: this holds thousands."""
_NUMBER_TOO_LONG = re.compile(r"\d{4300,}")


class Faults:
    """Every fault of one file found so far.

    Parameters
    ----------
    shown : str
        The file as the user named it.
    document : Document
        Its text and places.
    """

    def __init__(self, shown: str, document: Document) -> None:
        self.shown = shown
        self.document = document
        self._found: list[Diagnostic] = []

    def add(
        self,
        code: Enum,
        says: str,
        path: tuple[Key, ...],
        *,
        on: Literal["value", "key"] = "value",
        help_: str = "",
    ) -> None:
        """Note a fault.

        Parameters
        ----------
        code : Enum
            Its value begins with the code that is printed.
        says : str
            What is wrong.
        path : tuple of str or int
            Where; the nearest ancestor is shown where the document does not have it.
        on : "value" or "key"
            What to underline.
        help_ : str
            See `Diagnostic`.
        """
        node = self.document.nearest(path)
        place = self.document.place(node.key if on == "key" else node.value)
        self._found.append(_diagnostic(code, says, self.shown, place, help_))

    def raise_any(self) -> None:
        """Raise what was found, in the order of the file.

        Raises
        ------
        DiagnosedError
            If anything was.
        """
        if self._found:
            raise DiagnosedError(tuple(sorted(self._found, key=_by_place)))


def _by_place(diagnostic: Diagnostic) -> tuple[int, int]:
    place = diagnostic.place
    return (place.line, place.column) if place is not None else (0, 0)


def _diagnostic(code: Enum, says: str, shown: str, place: Place | None, help_: str) -> Diagnostic:
    return Diagnostic(code=code.value[0], says=says, path=shown, place=place, help=help_)


def refuse(code: Enum, says: str, shown: str, *, place: Place | None = None, help_: str = "") -> DiagnosedError:
    """Return the error for a file that cannot be used at all.

    Parameters
    ----------
    code : Enum
        Its value begins with the code that is printed.
    says, help_ : str
        See `Diagnostic`.
    shown : str
        The file as the user named it.
    place : Place, optional
        Where in it.

    Returns
    -------
    DiagnosedError
    """
    return DiagnosedError((_diagnostic(code, says, shown, place, help_),))


def read_toml(path: Path, *, unreadable: Enum, not_toml: Enum) -> tuple[dict[str, Any], Faults]:
    """Return the values of a file, and where to note what is wrong with them.

    Parameters
    ----------
    path : Path
        The file.
    unreadable, not_toml : Enum
        The codes of the faults that stop the reading.

    Returns
    -------
    values : dict
        As tomli reads them.
    faults : Faults
        Still empty.

    Raises
    ------
    DiagnosedError
        The file is missing, no plain file, too large, not UTF-8 or not TOML.
    """
    shown = str(path)
    text = _text(path, shown, unreadable)
    try:
        return tomli.loads(text), Faults(shown, Document(text))
    except tomli.TOMLDecodeError as error:
        says = f"the file is not TOML: {error.msg[:1].lower()}{error.msg[1:]}"
        raise refuse(not_toml, says, shown, place=place_at(text, min(error.pos, len(text)))) from error
    except RecursionError as error:
        raise refuse(not_toml, "the file nests arrays or tables too deeply", shown) from error
    except ValueError as error:
        # Python's own limit on the digits of an integer; tomli lets it through, without a position.
        found = _NUMBER_TOO_LONG.search(text)
        place = place_at(text, found.start()) if found else None
        raise refuse(not_toml, "the file has a number that is too long", shown, place=place) from error


def _text(path: Path, shown: str, unreadable: Enum) -> str:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise refuse(unreadable, "this is not a file", shown)
        with path.open("rb") as file:
            source = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise refuse(unreadable, f"the file cannot be read: {error.strerror or error}", shown) from error
    if len(source) > MAX_BYTES:
        raise refuse(unreadable, f"the file is larger than {MAX_BYTES >> 20} MiB", shown)
    try:
        return source.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise refuse(unreadable, "the file is not UTF-8 text", shown, help_="save it as UTF-8") from error


def did_you_mean(name: str, known: Iterable[str], what: str) -> str:
    """Return a sentence with the known name that is nearest to a wrong one.

    Parameters
    ----------
    name : str
        What was written.
    known : iterable of str
        What could have been meant.
    what : str
        What the names are of, in the plural: ``"problems"``.

    Returns
    -------
    str
    """
    names = list(known)
    nearest = nearest_name(name, names)
    if nearest:
        return f"did you mean `{nearest}`?"
    few = ", ".join(f"`{each}`" for each in names[:8])
    return f"the {what} are {few}" + (f" and {len(names) - 8} more" if len(names) > 8 else "") if few else ""
