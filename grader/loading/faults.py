"""Collects the faults of one rubric, each with its place; and reads its tables where they are usable."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from grader.loading.codes import RubricCode
from grader.loading.toml_places import Document, Key
from grader.model.diagnostic import Diagnostic, Fix

Path = tuple[Key, ...]
"""The keys that lead to a value of the rubric."""


def nearest_name(name: str, known: Iterable[str]) -> str:
    """Return the known name that a misspelt one most likely means; empty if none is close.

    Parameters
    ----------
    name : str
        What was written.
    known : iterable of str
        What could have been meant.

    Returns
    -------
    str
    """
    by_folded = {candidate.casefold(): candidate for candidate in known if candidate != name}
    folded = name.casefold()
    # 0.6 is difflib's own cutoff for "good enough".
    close = difflib.get_close_matches(folded, by_folded, n=3, cutoff=0.6)
    # Of names that are as close the one that begins alike: that much was typed right.
    best = max(
        close,
        key=lambda one: (difflib.SequenceMatcher(None, one, folded).ratio(), one[:1] == folded[:1]),
        default="",
    )
    return by_folded[best] if best else ""


def listed(names: Iterable[object]) -> str:
    """Return names in backticks, separated by commas."""
    return ", ".join(f"`{name}`" for name in names)


class Faults:
    """Every fault found so far.

    Parameters
    ----------
    document : Document
        The rubric's text and places.
    shown : str
        The file as the user named it.
    """

    def __init__(self, document: Document, shown: str) -> None:
        self.document = document
        self._shown = shown
        self._found: dict[tuple[str, tuple[int, int]], Diagnostic] = {}

    def add(
        self,
        code: RubricCode,
        says: str,
        path: Path,
        *,
        on: Literal["value", "key"] = "value",
        label: str = "",
        help_: str = "",
        fix: Fix | None = None,
    ) -> None:
        """Note a fault.

        Parameters
        ----------
        code : RubricCode
            Which.
        says : str
            What is wrong.
        path : tuple of str or int
            Where; the nearest ancestor is shown where the document does not have it.
        on : "value" or "key"
            What to underline.
        label, help_, fix
            See `Diagnostic`.
        """
        node = self.document.nearest(path)
        span = node.key if on == "key" else node.value
        found = Diagnostic(
            code=code.code,
            says=says,
            path=self._shown,
            place=self.document.place(span),
            label=label,
            help=help_,
            severity=code.severity,
            fix=fix,
        )
        self.tell(found)

    def tell(self, diagnostic: Diagnostic) -> None:
        """Note a fault that is a diagnostic already."""
        place = diagnostic.place
        at = (place.line, place.column) if place else (0, 0)
        # One fault of one kind at one place is told once, in the words that came first.
        self._found.setdefault((f"{diagnostic.code} {diagnostic.says}", at), diagnostic)

    def has_errors(self) -> bool:
        """Return whether anything was noted that has to be mended."""
        return any(each.severity == "error" for each in self._found.values())

    def in_order(self) -> tuple[Diagnostic, ...]:
        """Return the faults in the order of the file."""
        return tuple(sorted(self._found.values(), key=_by_place))


def _by_place(diagnostic: Diagnostic) -> tuple[int, int, str, str]:
    place = diagnostic.place
    return (place.line if place else 0, place.column if place else 0, diagnostic.code, diagnostic.says)


class Unusable:
    """Which values of a rubric must not be read.

    Parameters
    ----------
    paths : iterable of tuple
        Of the values that were refused.
    """

    def __init__(self, paths: Iterable[Path] = ()) -> None:
        self._paths = frozenset(paths)
        # All that holds one of them: asked for every array of a rubric, whose faults may be many.
        self._above = frozenset(path[:length] for path in self._paths for length in range(len(path) + 1))

    def __contains__(self, path: Path) -> bool:
        """Return whether a value was refused."""
        return path in self._paths

    def is_above(self, path: Path) -> bool:
        """Return whether a value, or something in it, was refused."""
        return path in self._above


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A string of the rubric and where it stands."""

    text: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of the rubric in which only usable values are seen.

    Rubrics are checked for everything at once, so the checks between values must go on where single values are wrong.

    Parameters
    ----------
    data : dict
        The table as tomli read it, arrays as tuples.
    path : tuple of str or int
        Its own keys.
    unusable : Unusable
        The values that the schema refused.
    """

    data: dict[str, Any]
    path: Path
    unusable: Unusable

    def _value(self, key: str) -> Any:
        return None if (*self.path, key) in self.unusable else self.data.get(key)

    def states(self, key: str) -> bool:
        """Return whether the table has the key, usable or not."""
        return key in self.data

    def text(self, key: str) -> Text | None:
        """Return a string."""
        value = self._value(key)
        return Text(text=value, path=(*self.path, key)) if isinstance(value, str) else None

    def points(self, key: str) -> Fraction | None:
        """Return a number exactly as it was typed."""
        value = self._value(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < float("inf"):
            return None
        return Fraction(repr(value))

    def flag(self, key: str) -> bool:
        """Return whether a boolean is stated and true."""
        return self._value(key) is True

    def array(self, key: str) -> tuple[Any, ...] | None:
        """Return an array, of elements that may not be usable."""
        value = self._value(key)
        return value if isinstance(value, tuple) else None

    def texts(self, key: str) -> tuple[Text, ...] | None:
        """Return the usable strings of an array; None where there is no usable array."""
        value = self.array(key)
        if value is None:
            return None
        path = (*self.path, key)
        return tuple(
            Text(text=text, path=(*path, i))
            for i, text in enumerate(value)
            if isinstance(text, str) and (*path, i) not in self.unusable
        )

    def table(self, key: str) -> "Table | None":
        """Return a table within."""
        value = self._value(key)
        return self._within(value, key) if isinstance(value, dict) else None

    def tables(self, key: str) -> tuple["Table", ...]:
        """Return the usable tables of an array of tables."""
        value = self.array(key) or ()
        return tuple(
            self._within(element, key, i)
            for i, element in enumerate(value)
            if isinstance(element, dict) and (*self.path, key, i) not in self.unusable
        )

    def entries(self, key: str) -> dict[str, Any] | None:
        """Return the usable values of a table by name; None where there is no usable table."""
        table = self.table(key)
        return None if table is None else {k: v for k, v in table.data.items() if (*table.path, k) not in self.unusable}

    def named_tables(self, key: str) -> dict[str, "Table"]:
        """Return the usable tables of a table of tables."""
        found = self.entries(key) or {}
        return {k: self._within(v, key, k) for k, v in found.items() if isinstance(v, dict)}

    def complete(self, key: str) -> bool:
        """Return whether nothing in the value of a key was refused."""
        return not self.unusable.is_above((*self.path, key))

    def _within(self, value: dict[str, Any], *keys: Key) -> "Table":
        return Table(data=value, path=(*self.path, *keys), unusable=self.unusable)
