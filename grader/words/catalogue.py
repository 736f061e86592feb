"""A language's messages: a TOML file of keys and texts, with fields such as ``{function}``."""

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import tomli

_FOLDER: Final = Path(__file__).parent
MOST_BYTES = 1 << 20
"""A catalogue is read whole; the English one has less than a tenth of that."""


class CatalogueError(Exception):
    """A catalogue that cannot be used; whoever translated has to look.

    Parameters
    ----------
    says : str
        Everything that is wrong, a line each.
    """

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Text:
    """One message.

    Parameters
    ----------
    one : str or None
        For a count of 1, in languages that tell it from others.
    other : str
        For everything else.
    """

    other: str
    one: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Catalogue:
    """The messages of one language.

    Parameters
    ----------
    language : str
        Its BCP 47 tag, such as ``"en"`` or ``"zh-Hans"``; for the ``lang`` of a page.
    name : str
        As its speakers call it.
    texts : mapping of str to Text
        By key, such as ``"finding.wrong_values"``.
    """

    language: str
    name: str
    texts: Mapping[str, Text]


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """Return the languages that come with the grader.

    Returns
    -------
    tuple of str
    """
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@lru_cache(maxsize=8)
def catalogue_of(language: str) -> Catalogue:
    """Return a catalogue.

    Parameters
    ----------
    language : str
        One of `languages`, or the path of a catalogue's file, which ends in ``.toml``.

    Returns
    -------
    Catalogue

    Raises
    ------
    CatalogueError
        There is none, or the file is no catalogue: with all its faults.
    """
    if language.endswith(".toml"):
        return _checked(_parsed(_read(Path(language)), language), language)
    if language not in languages():
        msg = f"there are no words for the language `{language}`; there are {', '.join(languages())}, or name a file"
        raise CatalogueError(msg)
    own = _parsed((_FOLDER / f"{language}.toml").read_bytes(), language)
    return own if language == "en" else _checked(own, language)


def fields_of(text: str) -> frozenset[str]:
    """Return the names of the fields of a text.

    Parameters
    ----------
    text : str
        With fields in braces.

    Returns
    -------
    frozenset of str

    Raises
    ------
    ValueError
        A brace is open, or a field is more than a name: it may ask for no attribute, item, conversion or format.
    """
    names = set()
    for _, name, form, conversion in string.Formatter().parse(text):
        if name is not None:
            if form or conversion or not name.isidentifier():
                msg = f"the field {{{name}}} should be a plain name"
                raise ValueError(msg)
            names.add(name)
    return frozenset(names)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        # ValueError: a NUL character, which no path has.
        msg = f"{path}: the words cannot be read: {getattr(error, 'strerror', None) or error}"
        raise CatalogueError(msg) from error
    if len(data) > MOST_BYTES:
        msg = f"{path}: the file is larger than {MOST_BYTES >> 20} MiB"
        raise CatalogueError(msg)
    return data


def _parsed(data: bytes, where: str) -> Catalogue:
    try:
        table = tomli.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomli.TOMLDecodeError, RecursionError) as error:
        msg = f"{where}: this is not TOML in UTF-8: {error}"
        raise CatalogueError(msg) from error
    language, name = table.pop("language", None), table.pop("name", None)
    if not isinstance(language, str) or not isinstance(name, str):
        msg = f'{where}: the first lines should be such as `language = "de"` and `name = "Deutsch"`'
        raise CatalogueError(msg)
    texts: dict[str, Text] = {}
    faults = []
    for key, value in _flat(table, ""):
        match value:
            case str():
                texts[key] = Text(other=value)
            case {"other": str(other), **rest} if not rest:
                texts[key] = Text(other=other)
            case {"one": str(one), "other": str(other), **rest} if not rest:
                texts[key] = Text(one=one, other=other)
            case _:
                faults.append(f"{where}: `{key}` should be a text, or have the texts `one` and `other`")
    if faults:
        raise CatalogueError("\n".join(faults))
    return Catalogue(language=language, name=name, texts=MappingProxyType(texts))


def _flat(table: Mapping[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict) and "other" not in value:
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


def _checked(own: Catalogue, where: str) -> Catalogue:
    """Return the catalogue if each text of it has a place and the fields that are filled in there."""
    english = catalogue_of("en").texts
    faults = []
    for key, text in own.texts.items():
        if key not in english:
            faults.append(f"{where}: there is no message `{key}`")
            continue
        due = fields_of(english[key].other)
        for written in (text.one, text.other):
            if written is None:
                continue
            try:
                found = fields_of(written)
            except ValueError as error:
                faults.append(f"{where}: `{key}`: {error}")
                continue
            unknown = ", ".join(f"{{{name}}}" for name in sorted(found - due))
            lost = ", ".join(f"{{{name}}}" for name in sorted(due - found - {"count"}))
            faults += [f"{where}: `{key}` has no field {unknown}"] * bool(unknown)
            faults += [f"{where}: `{key}` leaves out {lost}"] * bool(lost)
    if faults:
        raise CatalogueError("\n".join(faults))
    return own
