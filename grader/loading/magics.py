"""Blanks what a notebook understands and Python does not: ``%magic``, ``!shell``, ``help?``; and ``grader.check``.

Lines keep their numbers. These count only where a statement begins, as in IPython: not within a string, a bracket or a
continued line. Source is scanned, never parsed: hostile source must not reach a parser in the grader's own process.
"""

import re
from dataclasses import dataclass

# Cell magics that run the rest of the cell as Python; after any other the cell is in another language, or a file.
_PYTHON_CELLS = frozenset({"time", "timeit", "capture", "prun"})
_CELL_MAGIC = re.compile(r"%%(\w*)")
_HELP = re.compile(r"\s*%{0,2}(?!\d)[\w*]+(?:\.\w+|\[-?\d+\])*\?{1,2}\s*(?:#.*)?")
# A student's look at their own work, which is no part of it: where it is graded, there is no grader to import.
_SELF_CHECK = re.compile(r"import\s+grader\s*(?:#|$|;\s*grader\.check\()|(?:\w+\s*=\s*|print\(\s*)?grader\.check\(")
_OPENERS = re.compile(r"\"\"\"|'''|[\"'#(){}\[\]=]")
_BEFORE_EQUALS = frozenset("=!<>:+-*/%&|^@~")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainSource:
    """A cell without what only a notebook understands.

    Parameters
    ----------
    text : str
        As many lines as before. An indented line became ``pass``, so that its block is not left empty.
    skipped : tuple of str
        The lines that were blanked, stripped.
    whole : bool
        True where the entire cell is not Python; ``text`` is then empty.
    """

    text: str
    skipped: tuple[str, ...] = ()
    whole: bool = False


@dataclass(slots=True, kw_only=True)
class _State:
    """Where a scan stands between two lines; not frozen, since it is advanced line by line."""

    depth: int = 0
    quote: str = ""
    continued: bool = False

    @property
    def between_statements(self) -> bool:
        return not self.depth and not self.quote and not self.continued


def plain_source(source: str) -> PlainSource:
    r"""Return the Python of a notebook's cell.

    Parameters
    ----------
    source : str
        The cell, with ``\\n`` for every line end.

    Returns
    -------
    PlainSource
    """
    lines = source.split("\n")
    skipped: list[str] = []
    for index, line in enumerate(lines):
        magic = _CELL_MAGIC.match(line.lstrip())
        if magic and magic.group(1) not in _PYTHON_CELLS:
            return PlainSource(text="", skipped=(*skipped, line.strip()), whole=True)
        if magic:
            skipped.append(line.strip())
            lines[index] = ""
        elif line.strip():
            break
    _blank_lines(lines, skipped)
    return PlainSource(text="\n".join(lines), skipped=tuple(skipped))


def _blank_lines(lines: list[str], skipped: list[str]) -> None:
    state = _State()
    index = 0
    while index < len(lines):
        line = lines[index]
        begins = state.between_statements
        before = _State(depth=state.depth, quote=state.quote, continued=state.continued)
        assigns = _advance(state, line)
        if begins and _SELF_CHECK.match(line):
            skipped.append(line.strip())
            lines[index] = ""
            index += 1
            # Its brackets may close on a later line.
            while index < len(lines) and not state.between_statements:
                _advance(state, lines[index])
                lines[index] = ""
                index += 1
            continue
        if not (begins and (assigns or line.lstrip()[:1] in tuple("%!?") or _HELP.fullmatch(line))):
            index += 1
            continue
        state = before
        skipped.append(line.strip())
        indent = line[: len(line) - len(line.lstrip())]
        lines[index], goes_on = f"{indent}pass" if indent else "", line.endswith("\\")
        index += 1
        while goes_on and index < len(lines):
            lines[index], goes_on = "", lines[index].endswith("\\")
            index += 1


def _advance(state: _State, line: str) -> bool:
    """Advance over a line; return whether its first assignment takes the result of a magic or of the shell."""
    at, seen_equals, assigns, comment = 0, False, False, False
    state.continued = False
    while at < len(line) and not comment:
        if state.quote:
            at = _through_string(state, line, at)
            continue
        match = _OPENERS.search(line, at)
        if not match:
            break
        at, found = match.end(), match.group()
        if found == "#":
            comment = True
        elif found in "([{":
            state.depth += 1
        elif found in ")]}":
            state.depth = max(0, state.depth - 1)
        elif found != "=":
            state.quote = found
        elif not state.depth and not seen_equals:
            seen_equals = True
            assigns = line[at:].lstrip()[:1] in tuple("%!") and line[: at - 1][-1:] not in _BEFORE_EQUALS
    # A string of one line that is not closed on it is a mistake of the student's; the next line begins anew.
    if len(state.quote) == 1 and not line.endswith("\\"):
        state.quote = ""
    state.continued = not state.quote and not comment and line.endswith("\\")
    return assigns


def _through_string(state: _State, line: str, at: int) -> int:
    while at < len(line):
        close, escape = line.find(state.quote, at), line.find("\\", at)
        if escape >= 0 and (close < 0 or escape < close):
            at = escape + 2
        elif close < 0:
            return len(line)
        else:
            at = close + len(state.quote)
            state.quote = ""
            return at
    return len(line)
