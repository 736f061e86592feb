"""Names of files as people see them: one order everywhere, nothing that a terminal would obey."""

import re
import unicodedata
from collections.abc import Iterable

# Long enough for every real name, short enough for a table.
MAX_NAME = 120
MAX_PATH = 400
_DIGITS = re.compile(r"([0-9]+)")
# Marks that reorder what stands beside them; zero-width joiners stay, some scripts need them.
_REORDERING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_UNSHOWN = frozenset({"Cc", "Cs", "Zl", "Zp"})


def shown(text: str, longest: int = MAX_NAME) -> str:
    """Return a text with U+FFFD for what is no character to be seen, capped.

    Parameters
    ----------
    text : str
        From a file name or a student; may hold control characters and undecodable bytes (surrogates).
    longest : int
        Characters that are kept; the middle is left out of a longer text, so that its suffix stays.

    Returns
    -------
    str
        Encodable as UTF-8.
    """
    if len(text) > longest:
        half = (longest - 1) // 2
        text = f"{text[:half]}…{text[-half:]}"
    # The text itself where it can be: a class has some for each student.
    return "".join("\ufffd" if _is_unshown(each) else each for each in text) if any(map(_is_unshown, text)) else text


def _is_unshown(character: str) -> bool:
    return character in _REORDERING or unicodedata.category(character) in _UNSHOWN


def natural_key(path: Iterable[str]) -> tuple[tuple[tuple[str, int, str], ...], tuple[str, ...]]:
    """Return a sorting key that puts ``hw2`` before ``hw10``, the same on every machine and in every locale.

    Parameters
    ----------
    path : iterable of str
        The parts of a path.

    Returns
    -------
    tuple
        Ends with the parts themselves, so that no two paths are equal.
    """
    parts = tuple(path)
    key: list[tuple[str, int, str]] = []
    for part in parts:
        for piece in _DIGITS.split(part.casefold()):
            # A number sorts by its length without leading zeros, then by its digits: int() refuses very long ones.
            digits = piece.lstrip("0") if piece.isdecimal() and piece.isascii() else ""
            key.append(("0", len(digits), digits) if piece[:1].isdecimal() and piece.isascii() else ("1", 0, piece))
        key.append(("", 0, ""))
    return tuple(key), parts


def told_apart(names: Iterable[str]) -> tuple[str, ...]:
    """Return names, with `` (2)`` and so on after those that came before.

    Parameters
    ----------
    names : iterable of str
        As shown; some may be equal.

    Returns
    -------
    tuple of str
        All different, in the same order.
    """
    out: list[str] = []
    taken: set[str] = set()
    for name in names:
        distinct, count = name, 1
        while distinct in taken:
            count += 1
            distinct = f"{name} ({count})"
        taken.add(distinct)
        out.append(distinct)
    return tuple(out)
