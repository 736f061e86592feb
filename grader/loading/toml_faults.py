"""What most likely is wrong where tomli gives up, from the text that stands there; never from tomli's words."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import tomli

from grader.loading.examples import EXAMPLES
from grader.model.diagnostic import Edit, Fix

_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*')
_KEY_AND_EQUALS = re.compile(r"\s*([A-Za-z0-9_.\"'-]+)\s*=\s*")
_OTHER_WORDS = {"True": "true", "False": "false", "yes": "true", "no": "false", "on": "true", "off": "false"}
_WORD = re.compile(r"[A-Za-z_][^#,\]}\n]*")
_CLOSING = {"[": "]", "{": "}"}
_LINES_BACK = 50
"""A statement that is left open is looked for so many lines above the place where it is noticed,"""
_MOST_TEXT = 1 << 18
"""in a text of so many characters: each line is one more reading of all that stands above it."""
_ANY = 'a line is `key = value`, `[table]`, `[[table]]` or a comment; a text is in quotes, as in `id = "grad_mu"`'


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntaxFault:
    """Where the fault is to be mended, and how.

    Parameters
    ----------
    start, length : int
        Characters to underline.
    label, help : str
        See `grader.model.diagnostic.Diagnostic`.
    fix : Fix or None
        The help as edits.
    """

    start: int
    length: int = 1
    label: str = ""
    help: str = _ANY
    fix: Fix | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _At:
    """A place in a text and its line: the line's offset, what stands before the place, and from it on."""

    text: str
    position: int
    begin: int
    before: str
    after: str


def syntax_fault(text: str, position: int) -> SyntaxFault:
    r"""Return what most likely is wrong.

    Parameters
    ----------
    text : str
        What tomli refused, with ``\n`` for every line end.
    position : int
        Where it gave up.

    Returns
    -------
    SyntaxFault
    """
    begin = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    line = text[begin : len(text) if end < 0 else end]
    at = _At(text=text, position=position, begin=begin, before=line[: position - begin], after=line[position - begin :])
    found = (guess(at) for guess in _GUESSES)
    return next((one for one in found if one is not None), SyntaxFault(start=position))


def _inserted(at: int, text: str, *, certain: bool = False) -> Fix:
    return Fix(edits=(Edit(start=at, end=at, text=text),), certain=certain)


def _parses(text: str) -> bool:
    try:
        tomli.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _said_twice(at: _At) -> SyntaxFault | None:
    """Look for a line that is right by itself, after lines that are right: it repeats one of them."""
    line = at.before + at.after
    if not line.strip() or not _parses(line) or not _parses(at.text[: at.begin]):
        return None
    start = at.begin + len(line) - len(line.lstrip())
    whole = Edit(start=at.begin, end=min(at.begin + len(line) + 1, len(at.text)), text="")
    return SyntaxFault(
        start=start,
        length=len(line.strip()),
        label="said before",
        help="remove this line, or the other one",
        fix=Fix(edits=(whole,), certain=False),
    )


def _left_open(at: _At) -> SyntaxFault | None:
    """Look for an array or table that a line further up opens and nothing closes."""
    if at.begin > _MOST_TEXT or _parses(at.text[: at.begin]):
        return None
    begin = at.begin
    for _ in range(_LINES_BACK):
        if begin == 0:
            return None
        begin = at.text.rfind("\n", 0, begin - 1) + 1
        if _parses(at.text[:begin]):
            return _opened(at.text, begin)
    return None


def _opened(text: str, begin: int) -> SyntaxFault | None:
    end = text.find("\n", begin)
    line = text[begin:end]
    bare = _STRINGS.sub(lambda found: " " * len(found[0]), line)
    stack: list[int] = []
    for place, character in enumerate(bare):
        if character in _CLOSING:
            stack.append(place)
        elif character in _CLOSING.values() and stack:
            stack.pop()
    if not stack:
        return None
    closing = _CLOSING[bare[stack[-1]]]
    return SyntaxFault(
        start=begin + stack[-1],
        label="opened here, and never closed",
        help=f"close it with `{closing}`",
        fix=_inserted(begin + len(bare.rstrip()) if bare.rstrip() == line.rstrip() else _end(text, begin), closing),
    )


def _end(text: str, begin: int) -> int:
    """Return where the statement of a line ends, before a comment."""
    end = text.find("\n", begin)
    line = text[begin:end]
    comment = next((found.start() for found in _STRINGS.finditer(line) if found[0].startswith("#")), len(line))
    return begin + len(line[:comment].rstrip())


def _no_value(at: _At) -> SyntaxFault | None:
    """Look for a key and an equals sign, and nothing after them."""
    found = _KEY_AND_EQUALS.fullmatch(at.before)
    if found is None or (at.after.strip() and not at.after.lstrip().startswith("#")):
        return None
    example = EXAMPLES.get(found[1], "")
    value = example.partition(" = ")[2]
    return SyntaxFault(
        start=at.position,
        help=f"write a value, for example `{example}`" if value else "write a value after the equals sign",
        fix=_inserted(at.position, value if at.before.endswith(" ") else f" {value}") if value else None,
    )


def _other_word(at: _At) -> SyntaxFault | None:
    """Look for a truth value of another language, or a text without quotes."""
    found = _WORD.match(at.after)
    if found is None or not at.before.rstrip().endswith(("=", "[", ",")):
        return None
    word = found[0].rstrip()
    meant = _OTHER_WORDS.get(word, f'"{word}"')
    return SyntaxFault(
        start=at.position,
        length=len(word),
        help=f"write `{meant}`",
        fix=Fix(
            edits=(Edit(start=at.position, end=at.position + len(word), text=meant),),
            certain=word in ("True", "False"),
        ),
    )


def _no_equals(at: _At) -> SyntaxFault | None:
    """Look for a key and then, instead of an equals sign, something else."""
    found = re.fullmatch(r"\s*[A-Za-z0-9_-]+\s+", at.before)
    if found is None or not at.after or at.after[0] in "=.":
        return None
    rest = at.after[1:].lstrip() if at.after[0] == ":" else at.after
    edit = Edit(start=at.position, end=at.position + len(at.after) - len(rest), text="= ")
    return SyntaxFault(
        start=at.position,
        help="write `=` between the key and its value",
        fix=Fix(edits=(edit,), certain=False),
    )


def _unclosed_text(at: _At) -> SyntaxFault | None:
    """Look for a text that ends with its line."""
    rest = _STRINGS.sub("", at.before)
    quote = next((mark for mark in "\"'" if mark in rest), "")
    if at.after or not quote:
        return None
    start = at.begin + at.before.rindex(quote)
    return SyntaxFault(
        start=start,
        length=at.position - start,
        help=f"close the text with `{quote}`",
        fix=_inserted(at.position, quote),
    )


_GUESSES: tuple[Callable[[_At], SyntaxFault | None], ...] = (
    _unclosed_text,
    _no_value,
    _other_word,
    _no_equals,
    _said_twice,
    _left_open,
)
