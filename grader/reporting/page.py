"""The paper a terminal view is written on: its width, its marks, and text made safe to show.

Every line of a terminal view goes through a Page, so nothing is cropped, no foreign control character reaches the
terminal, and every character can be encoded.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

TAB_CELLS = 4
SENTENCE_CELLS = 24
"""The narrowest column in which a sentence still reads well."""
READABLE_CELLS = 100
"""On a wider terminal a view stays this wide: the eye finds the points at the end of a short line."""

# UAX 9, section 2: characters that reorder what stands beside them, so that a line could show what it does not say.
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ESCAPED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
# The same characters, and the carriage return and tab, but not the line end: text without them is shown as it is.
_STEERING = re.compile(
    "[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The signs of a view, in one character set.

    Parameters
    ----------
    right, wrong, undecided, fault : str
        What stands before a line; one cell each.
    full, held, empty : str
        Of a bar: points earned, points undecided, points not earned; one cell each.
    rule, dot, ellipsis : str
        A line, a separator, something left out.
    """

    right: str
    wrong: str
    undecided: str
    fault: str
    full: str
    held: str
    empty: str
    rule: str
    dot: str
    ellipsis: str


UNICODE_MARKS = Marks(
    right="✓",
    wrong="✗",
    undecided="?",
    fault="!",
    full="█",
    held="▒",
    empty="░",
    rule="─",
    dot="·",
    ellipsis="…",
)
ASCII_MARKS = Marks(
    right="+",
    wrong="x",
    undecided="?",
    fault="!",
    full="#",
    held="~",
    empty="-",
    rule="-",
    dot="|",
    ellipsis="...",
)


def visible_character(character: str, encoding: str) -> str:
    r"""Return one character as it may be shown.

    Parameters
    ----------
    character : str
        Of length 1.
    encoding : str
        Of the terminal or file.

    Returns
    -------
    str
        The character itself, or an escape such as ``\x1b`` where it would steer the terminal, reorder the line, or
        cannot be encoded.
    """
    if unicodedata.category(character) in _ESCAPED_CATEGORIES or character in _BIDI_CONTROLS:
        return character.encode("unicode_escape").decode("ascii")
    return character.encode(encoding, "backslashreplace").decode(encoding)


def visible_text(text: str, encoding: str = "utf-8") -> str:
    """Return text whose control characters, except line ends, are visible and which can be encoded.

    Parameters
    ----------
    text : str
        Anything, also from a student.
    encoding : str
        Of the terminal or file.

    Returns
    -------
    str
        Tabs are expanded.
    """
    if (text.isascii() or encoding == "utf-8") and _STEERING.search(text) is None:
        return text
    lines = text.replace("\r\n", "\n").expandtabs(TAB_CELLS).split("\n")
    return "\n".join("".join(visible_character(c, encoding) for c in line) for line in lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A console to write on, line by line.

    Parameters
    ----------
    console : rich.console.Console
        Decides width, encoding and colours.
    """

    console: Console

    @property
    def width(self) -> int:
        """Cells that a line may take."""
        return min(self.console.width, READABLE_CELLS)

    @property
    def marks(self) -> Marks:
        """Signs that the console can show."""
        options = self.console.options
        return ASCII_MARKS if options.ascii_only or options.legacy_windows else UNICODE_MARKS

    def safe(self, text: str) -> str:
        """Return text whose control characters, except line ends, are visible and which can be encoded.

        Parameters
        ----------
        text : str
            Anything, also from a student.

        Returns
        -------
        str
            Tabs are expanded.
        """
        return visible_text(text, self.console.encoding)

    def text(self, text: str, style: str = "") -> Text:
        """Return safe text that is never read as markup.

        Parameters
        ----------
        text : str
            Anything, also from a student.
        style : str
            A rich style.

        Returns
        -------
        rich.text.Text
        """
        return Text(self.safe(text), style=style)

    def wrapped(self, text: Text, width: int) -> list[Text]:
        """Break text at spaces, and within a word only where the word alone is too long.

        Parameters
        ----------
        text : rich.text.Text
            May hold line ends.
        width : int
            Cells of a line.

        Returns
        -------
        list of rich.text.Text
            At least one line, without trailing spaces.
        """
        lines = list(text.wrap(self.console, max(width, 1), overflow="fold", tab_size=TAB_CELLS))
        for line in lines:
            line.rstrip()
        return lines or [Text()]

    def line(self, *parts: Text) -> None:
        """Write one line, never broken and never cropped.

        Parameters
        ----------
        *parts : rich.text.Text
            Written one after the other; none writes an empty line.
        """
        self.console.print(Text.assemble(*parts), soft_wrap=True)

    def hang(self, first: Text, body: Text, *, least: int = 20) -> None:
        """Write a body that hangs beside what stands before it; below it where the page is too narrow.

        Parameters
        ----------
        first : rich.text.Text
            What stands before the first line.
        body : rich.text.Text
            Wrapped to the rest of the width.
        least : int
            Cells that the body needs to stand beside; else it begins on the next line.
        """
        used = cell_len(first.plain)
        if self.width - used >= min(least, cell_len(body.plain)):
            lines = self.wrapped(body, self.width - used)
            self.line(first, lines[0])
            below, rest = used, lines[1:]
        else:
            first.rstrip()
            self.line(first)
            below = len(first.plain) - len(first.plain.lstrip()) + 2
            rest = self.wrapped(body, self.width - below)
        for each in rest:
            self.line(Text(" " * below) if each.plain else Text(), each)

    def items(self, items: Sequence[Text], *, indent: int = 0) -> None:
        """Write items with a dot between them, and break lines only between items while they fit.

        Parameters
        ----------
        items : sequence of rich.text.Text
            Without line ends.
        indent : int
            Spaces before each line.
        """
        dot = Text(f" {self.marks.dot} ", style="dim")
        room = self.width - indent
        lines: list[Text] = []
        for item in items:
            if lines and cell_len(lines[-1].plain) + 3 + cell_len(item.plain) <= room:
                lines[-1].append_text(dot).append_text(item)
            else:
                lines.append(Text.assemble(item))
        for line in lines:
            self.hang(Text(" " * indent), line, least=0)

    def between(self, left: Text, right: Text) -> None:
        """Write two texts at the two ends of a line, or below each other where they do not fit.

        Parameters
        ----------
        left, right : rich.text.Text
            Without line ends.
        """
        gap = self.width - cell_len(left.plain) - cell_len(right.plain)
        if gap >= 3:
            self.line(left, Text(" " * gap), right)
        else:
            for part in (left, right):
                for each in self.wrapped(part, self.width):
                    self.line(each)
