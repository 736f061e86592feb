"""Python text as tokens: any text, however broken, in time that grows with its length, the same on every Python."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

# Not the standard `tokenize`: it ends at the first fault of a broken file, and cuts f-strings differently from one
# Python to the next. Not Pygments: it takes ten times as long. What a token is here: Python's lexical analysis
# (https://docs.python.org/3/reference/lexical_analysis.html); an unclosed triple quote runs to the end of the text,
# as in Python. Every repetition is possessive or ends at the next character, so that nothing is read twice.
_TOKEN = re.compile(
    r"""
    (?P<newline>\r\n|[\r\n])
  | (?P<blank>(?:[^\S\r\n]|\\\r\n|\\[\r\n])++)
  | (?P<comment>\#[^\r\n]*+)
  | (?P<string>(?:[rR][bBfFtT]?|[bBfFtT][rR]?|[uU])?+
      (?: \"{3}(?:[^"\\]|\\[\s\S]|"(?!""))*+(?:\"{3}|\\?\Z)
        | '{3}(?:[^'\\]|\\[\s\S]|'(?!''))*+(?:'{3}|\\?\Z)
        | "(?:[^"\\\r\n]|\\\r\n|\\[\s\S])*+"?+
        | '(?:[^'\\\r\n]|\\\r\n|\\[\s\S])*+'?+ ))
  | (?P<number>(?:0[xX][0-9a-fA-F_]++|0[bB][01_]++|0[oO][0-7_]++
      |(?:[0-9][0-9_]*+(?:\.[0-9_]*+)?+|\.[0-9][0-9_]*+)(?:[eE][+-]?[0-9][0-9_]*+)?+[jJ]?+))
  | (?P<name>[^\W\d]\w*+)
  | (?P<sign>\*\*=|//=|>>=|<<=|\.\.\.|->|:=|[-+*/%@&|^=<>!]=|\*\*|//|>>|<<|[\s\S])
    """,
    re.VERBOSE,
)


class Kind(Enum):
    """What a token is."""

    NEWLINE = "newline"
    STRING = "string"
    NUMBER = "number"
    NAME = "name"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One token as it stands in the text.

    Parameters
    ----------
    kind : Kind
    text : str
    line, last_line : int
        1-based; a string may run over several.
    column : int
        0-based, in characters.
    """

    kind: Kind
    text: str
    line: int
    last_line: int
    column: int


def lexemes(source: str) -> Iterator[Lexeme]:
    """Yield the tokens of a text, without comments and blanks.

    Parameters
    ----------
    source : str
        Any text.

    Yields
    ------
    Lexeme
        In order; a line's end is a token of its own.
    """
    line, start = 1, 0
    for match in _TOKEN.finditer(source):
        group, text = match.lastgroup, match.group()
        column = match.start() - start
        first = line
        if group in {"newline", "blank", "string"}:
            breaks = _breaks(text)
            if breaks:
                line += breaks
                start = match.start() + max(text.rfind("\n"), text.rfind("\r")) + 1
        if group not in {"blank", "comment"}:
            yield Lexeme(Kind(group), text, first, line if group == "string" else first, column)


def _breaks(text: str) -> int:
    """Count line ends as Python does: CR LF, CR and LF are one each."""
    return text.count("\n") + (text.count("\r") - text.count("\r\n") if "\r" in text else 0)
