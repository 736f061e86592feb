"""Python source broken into short lines that are still the same Python: input to paste."""

import ast
import io
import tokenize

INDENT = "    "


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


def _statements(source: str) -> list[list[str]]:
    """Split source into statements, and each statement into pieces that may stand on lines of their own."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    depth = begin = 0
    statements: list[list[str]] = []
    pieces: list[str] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        end = starts[token.end[0] - 1] + token.end[1] if token.end[0] <= len(starts) else len(source)
        ends_statement = token.type in {tokenize.NEWLINE, tokenize.ENDMARKER}
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            ends_statement = token.string == ";" and depth == 0
        ends_piece = depth > 0 and (token.string == "," or token.type == tokenize.NL)
        if ends_statement or ends_piece:
            piece = source[begin:end].strip().removesuffix(";" if ends_statement else "").rstrip()
            pieces += [piece] if piece else []
            begin = end
        if ends_statement and pieces:
            statements.append(pieces)
            pieces = []
    return statements


def _filled(pieces: list[str], width: int) -> list[str]:
    """Fill lines with pieces; the lines after the first are indented, which means nothing within brackets."""
    lines: list[str] = []
    line = ""
    for piece in pieces:
        if not line:
            line = piece
        elif len(line) + 1 + len(piece) <= width:
            line = f"{line} {piece}"
        else:
            lines.append(line)
            line = INDENT + piece
    return [*lines, line]
