"""Python source broken into short lines that are still the same Python: input to paste."""

import ast
import io
import tokenize
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

INDENT = "    "


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a statement, after which a line may end.

    Parameters
    ----------
    text : str
        Source without white space around it.
    depth : int
        How many brackets are open at its end.
    """

    text: str
    depth: int


# A class fails on the same inputs again and again, and parsing them takes longer than all else of a page.
@lru_cache(maxsize=4096)
def python_lines(source: str, width: int) -> tuple[str, ...]:
    """Break source into one statement a line, and long statements after commas within brackets.

    Parameters
    ----------
    source : str
        Statements, separated by ``;`` or line ends.
    width : int
        Cells that a line should take; a single item may be wider.

    Returns
    -------
    tuple of str
        Lines that parse to the same syntax tree; source that is not simple Python is only split at its line ends.
    """
    try:
        tree = ast.dump(ast.parse(source))
        lines = tuple(line for pieces in _statements(source) for line in _filled(pieces, width))
        same = ast.dump(ast.parse("\n".join(lines))) == tree and not any("\n" in line for line in lines)
    except (SyntaxError, ValueError):
        same, lines = False, ()
    return lines if same else tuple(source.splitlines())


def _statements(source: str) -> list[list[Piece]]:
    """Split source into statements, and each statement into pieces that may stand on lines of their own."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    depth = begin = 0
    statements: list[list[Piece]] = []
    pieces: list[Piece] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        end = starts[token.end[0] - 1] + token.end[1] if token.end[0] <= len(starts) else len(source)
        ends_statement = token.type in {tokenize.NEWLINE, tokenize.ENDMARKER}
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            ends_statement = token.string == ";" and depth == 0
        ends_piece = depth > 0 and (token.string == "," or token.type == tokenize.NL)
        if ends_statement or ends_piece:
            text = source[begin:end].strip().removesuffix(";" if ends_statement else "").rstrip()
            pieces += [Piece(text=text, depth=depth)] if text else []
            begin = end
        if ends_statement and pieces:
            statements.append(pieces)
            pieces = []
    return statements


def _filled(pieces: list[Piece], width: int) -> list[str]:
    """Fill lines with pieces; the lines after the first are indented, which means nothing within brackets.

    Of the places where a line may end, the outermost in its second half is taken: rows of a matrix stay whole.
    """
    lines: list[str] = []
    while pieces:
        indent = INDENT if lines else ""
        ends = list(accumulate(len(piece.text) + 1 for piece in pieces))
        room = width - len(indent) + 1
        fitting = max(sum(end <= room for end in ends), 1)
        count = fitting
        if fitting < len(pieces):
            late = [n for n in range(1, fitting + 1) if 2 * ends[n - 1] >= room] or [fitting]
            count = min(late, key=lambda n: (pieces[n - 1].depth, -n))
        lines.append(indent + " ".join(piece.text for piece in pieces[:count]))
        pieces = pieces[count:]
    return lines
