"""Where each key and value of a TOML document stands: a scan of text that tomli has already accepted.

It need only be right on valid TOML, and it gives no values: those are tomli's. tomli and tomlkit keep no positions.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

import tomli

from grader.model.diagnostic import Place

Key = str | int
"""A step into a document: a key of a table, or an index of an array."""

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
# A date and its time may be separated by a space; every other scalar ends at whitespace or punctuation.
_SCALAR = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d[^\s,\]}#]*|[^\s,\]}#]+")
_UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Characters ``start`` up to, not including, ``end`` of a document."""

    start: int
    end: int


@dataclass(slots=True, kw_only=True)
class Node:
    """A key and its value in a document.

    Not frozen: TOML may define a table long after it was first mentioned, and its place is then where it is defined.

    Parameters
    ----------
    key : Span
        The key; for an element of an array, that of the array or of the ``[[header]]``.
    value : Span
        The value; for a table its ``[header]``, for a table made by dotted keys the dotted key.
    children : dict of str or int to Node
        Empty for scalars.
    tables : bool
        True for an array that is made by ``[[headers]]``.
    mentions : list of Span
        Wherever the key is written: a table may be named by many headers and dotted keys.
    """

    key: Span
    value: Span
    children: dict[Key, "Node"] = field(default_factory=dict)
    tables: bool = False
    mentions: list[Span] = field(default_factory=list)


class Document:
    r"""A TOML text and the places in it.

    Parameters
    ----------
    text : str
        Valid TOML, with ``\n`` for every line end.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.root = _Scanner(text).root
        self._line_starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def find(self, keys: tuple[Key, ...]) -> Node | None:
        """Return the node that the keys lead to, or None where the document has none."""
        node = self.root
        for key in keys:
            if key not in node.children:
                return None
            node = node.children[key]
        return node

    def nearest(self, keys: tuple[Key, ...]) -> Node:
        """Return the node that the keys lead to, or its nearest ancestor that exists."""
        node = self.root
        for key in keys:
            if key not in node.children:
                break
            node = node.children[key]
        return node

    def place(self, span: Span) -> Place:
        """Return the place of a span; of a span of several lines, the part on the first."""
        line = bisect_right(self._line_starts, span.start)
        return _place(self.text, span.start, span.end - span.start, line)


def place_at(text: str, start: int, length: int = 1) -> Place:
    r"""Return the place of some characters of a text.

    Parameters
    ----------
    text : str
        The whole text, with ``\n`` for every line end.
    start : int
        Offset of the first character.
    length : int
        How many; those past the end of the line are not counted.

    Returns
    -------
    Place
        Its source line has U+FFFD in the place of every control character, so that columns stay true.
    """
    return _place(text, start, length, text.count("\n", 0, start) + 1)


def _place(text: str, start: int, length: int, line: int) -> Place:
    begin = text.rfind("\n", 0, start) + 1
    end = text.find("\n", start)
    source = text[begin : len(text) if end < 0 else end]
    column = start - begin
    return Place(
        line=line,
        column=column + 1,
        length=max(1, min(length, len(source.rstrip()) - column)),
        source=_UNSHOWN.sub("\ufffd", source),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One part of a dotted key."""

    name: str
    span: Span


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        whole = Span(start=0, end=max(1, len(text)))
        self.root = Node(key=whole, value=whole)
        table = self.root
        self._skip_blank()
        while self.at < len(text):
            if text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip_blank()

    def _skip_blank(self) -> None:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _skip_spaces(self) -> None:
        while self.text[self.at] in " \t":
            self.at += 1

    def _header(self) -> Node:
        start = self.at
        array = self.text.startswith("[[", start)
        self.at += 2 if array else 1
        parts = self._dotted_key()
        self.at += 2 if array else 1
        header = Span(start=start, end=self.at)
        table = self._descend(self.root, parts[:-1], header)
        name, key = parts[-1].name, parts[-1].span
        if not array:
            node = table.children.setdefault(name, Node(key=key, value=header))
            node.key, node.value = key, header
            node.mentions.append(key)
            return node
        tables = table.children.setdefault(name, Node(key=key, value=header, tables=True))
        tables.mentions.append(key)
        element = Node(key=key, value=header)
        tables.children[len(tables.children)] = element
        return element

    @staticmethod
    def _descend(table: Node, parts: list[_Part], mention: Span) -> Node:
        for part in parts:
            table = table.children.setdefault(part.name, Node(key=part.span, value=mention))
            table.mentions.append(part.span)
            if table.tables:
                table = table.children[len(table.children) - 1]
        return table

    def _pair(self, table: Node) -> None:
        parts = self._dotted_key()
        mention = Span(start=parts[0].span.start, end=parts[-1].span.end)
        self.at += 1  # the equals sign
        self._skip_spaces()
        value = self._value(parts[-1].span)
        self._descend(table, parts[:-1], mention).children[parts[-1].name] = value

    def _dotted_key(self) -> list[_Part]:
        parts: list[_Part] = []
        while True:
            self._skip_spaces()
            start = self.at
            if self.text[start] in "\"'":
                self._skip_string()
                name = str(tomli.loads(f"name = {self.text[start : self.at]}")["name"])
            else:
                match = _BARE_KEY.match(self.text, start)
                self.at = match.end() if match else start + 1
                name = self.text[start : self.at]
            parts.append(_Part(name=name, span=Span(start=start, end=self.at)))
            self._skip_spaces()
            if self.text[self.at] != ".":
                return parts
            self.at += 1

    def _value(self, key: Span) -> Node:
        start = self.at
        node = Node(key=key, value=key, mentions=[key])
        match self.text[start]:
            case '"' | "'":
                self._skip_string()
            case "[":
                self._array(node)
            case "{":
                self._inline_table(node)
            case _:
                match = _SCALAR.match(self.text, start)
                self.at = match.end() if match else start + 1
        node.value = Span(start=start, end=self.at)
        return node

    def _array(self, node: Node) -> None:
        self.at += 1
        self._skip_blank()
        while self.text[self.at] != "]":
            if self.text[self.at] == ",":
                self.at += 1
            else:
                node.children[len(node.children)] = self._value(node.key)
            self._skip_blank()
        self.at += 1

    def _inline_table(self, node: Node) -> None:
        self.at += 1
        self._skip_blank()
        while self.text[self.at] != "}":
            if self.text[self.at] == ",":
                self.at += 1
            else:
                self._pair(node)
            self._skip_blank()
        self.at += 1

    def _skip_string(self) -> None:
        quote = self.text[self.at]
        escapes = quote == '"'
        if not self.text.startswith(quote * 3, self.at):
            self.at = self._closing(quote, self.at + 1, escapes=escapes) + 1
            return
        self.at = self._closing(quote * 3, self.at + 3, escapes=escapes) + 3
        # One or two quotes may stand directly before the closing three.
        for _ in range(2):
            if self.text.startswith(quote, self.at):
                self.at += 1

    def _closing(self, quotes: str, at: int, *, escapes: bool) -> int:
        end = self.text.index(quotes, at)
        while escapes:
            backslash = self.text.find("\\", at, end)
            if backslash < 0:
                break
            at = backslash + 2
            if at > end:
                end = self.text.index(quotes, at)
        return end
