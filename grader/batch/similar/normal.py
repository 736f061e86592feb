"""A text without what is easily changed: names, comments, docstrings, layout, imports, the order of its functions."""

import builtins
import keyword
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.batch.similar.lexer import Kind, Lexeme, lexemes

NAME = "name"
"""Stands for every name that a person who copies could change without changing what the code does."""
STRING = "string"

_OPEN = {"(": ")", "[": "]", "{": "}"}
_CLOSE = frozenset(_OPEN.values())
_KEYWORDS = frozenset(keyword.kwlist)
_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))
# Words that begin a statement and cannot stand inside brackets: where one begins a line at the margin, a bracket that
# is still open was forgotten.
_AT_MARGIN = frozenset({"def", "class", "import", "while", "try", "with", "return"})


@dataclass(frozen=True, slots=True)
class Token:
    """A token that is compared.

    Parameters
    ----------
    text : str
        Normalised.
    line, last_line : int
        1-based, in its chunk.
    """

    text: str
    line: int
    last_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A function or class at the margin of a chunk, or all the rest of the chunk; matches do not cross its ends.

    Parameters
    ----------
    name : str
        Empty for the rest.
    chunk : int
        Which chunk of the submission, from 0.
    tokens : tuple of Token
    """

    name: str
    chunk: int
    tokens: tuple[Token, ...]


Statement = list[Lexeme]


def units(sources: Iterable[str]) -> tuple[Unit, ...]:
    """Return what is compared of a submission.

    Parameters
    ----------
    sources : iterable of str
        Its chunks. They need not be Python.

    Returns
    -------
    tuple of Unit
        Those without tokens are left out.

    Notes
    -----
    What is kept: keywords, operators, built-in names, the values of numbers, names after a dot, and names of keyword
    arguments where what is called is a built-in or stands after a dot (``np.sum(x, axis=0)``). Names after a dot that
    the submission assigns to or defines as a method are its own. Every other name is one token, and so is every string.
    What is dropped: comments, strings that are a statement (docstrings), imports, line ends, indentation,
    semicolons, a comma before a closing bracket.
    """
    chunks = [list(_statements(source)) for source in sources]
    own = _own_attributes(statement for chunk in chunks for statement in chunk)
    return tuple(unit for number, chunk in enumerate(chunks) for unit in _units_of_chunk(chunk, number, own))


def _statements(source: str) -> Iterator[Statement]:
    """Yield logical lines; those that are only a string, or an import, are left out."""
    statement: Statement = []
    depth = 0
    for lexeme in lexemes(source):
        ends = lexeme.kind is Kind.NEWLINE or lexeme.text == ";"
        if lexeme.column == 0 and lexeme.text in _AT_MARGIN and statement:
            yield from _kept(statement)
            statement, depth = [], 0
        if ends and depth == 0:
            yield from _kept(statement)
            statement = []
        elif not ends:
            if lexeme.kind is Kind.SIGN:
                depth = max(depth + (lexeme.text in _OPEN) - (lexeme.text in _CLOSE), 0)
            statement.append(lexeme)
    yield from _kept(statement)


def _kept(statement: Statement) -> Iterator[Statement]:
    is_import = bool(statement) and statement[0].text in {"import", "from"}
    if statement and not is_import and any(lexeme.kind is not Kind.STRING for lexeme in statement):
        yield statement


def _own_attributes(statements: Iterable[Statement]) -> frozenset[str]:
    """Return names after a dot that the submission itself gives, and so could give otherwise."""
    attributes: set[str] = set()
    for statement in statements:
        for before, lexeme, after in zip([None, *statement], statement, [*statement[1:], None], strict=False):
            if lexeme.kind is not Kind.NAME or before is None:
                continue
            method = before.text == "def" and statement[0].column > 0
            if method or (before.text == "." and after is not None and after.text == "="):
                attributes.add(lexeme.text)
    return frozenset(attributes)


def _units_of_chunk(statements: Iterable[Statement], chunk: int, own: frozenset[str]) -> Iterator[Unit]:
    name, tokens, rest = "", list[Token](), list[Token]()
    decorated = False
    for statement in statements:
        first = statement[0]
        if first.column == 0 and not decorated:
            if tokens:
                yield Unit(name=name, chunk=chunk, tokens=tuple(tokens))
            name, tokens = "", []
        if first.column == 0:
            decorated = first.text == "@"
            name = _defined(statement)
        normal = _normal(statement, own)
        (tokens if name or decorated or tokens else rest).extend(normal)
    if tokens:
        yield Unit(name=name, chunk=chunk, tokens=tuple(tokens))
    if rest:
        yield Unit(name="", chunk=chunk, tokens=tuple(rest))


def _defined(statement: Statement) -> str:
    words = [lexeme.text for lexeme in statement[:3]]
    if words[0] == "async":
        del words[0]
    return words[1] if len(words) > 1 and words[0] in {"def", "class"} else ""


@dataclass(slots=True)
class _Bracket:
    """An open bracket; `keeps` where a name before ``=`` in it is somebody else's keyword."""

    keeps: bool
    in_lambda: bool = False


def _normal(statement: Statement, own: frozenset[str]) -> Iterator[Token]:
    heading = statement[0].text in {"def", "class", "async"}
    brackets: list[_Bracket] = [_Bracket(keeps=False)]
    before = ""
    for place, lexeme in enumerate(statement):
        after = statement[place + 1].text if place + 1 < len(statement) else ""
        text = lexeme.text
        match lexeme.kind:
            case Kind.STRING:
                text = "" if before == STRING else STRING
            case Kind.NUMBER:
                text = _value(text)
            case Kind.NAME:
                text = _name(lexeme.text, before, after, brackets[-1], own)
            case Kind.SIGN:
                callee = statement[place - 1] if place else None
                keeps = text == "(" and not heading and _is_foreign(callee, statement, place, own)
                _nest(text, brackets, keeps=keeps)
                text = "" if text == "," and after in _CLOSE else text
            case Kind.NEWLINE:
                text = ""
        if text == "lambda":
            brackets[-1].in_lambda = True
        if text:
            yield Token(text, lexeme.line, lexeme.last_line)
            before = text


def _nest(sign: str, brackets: list[_Bracket], *, keeps: bool) -> None:
    if sign in _OPEN:
        brackets.append(_Bracket(keeps=keeps))
    elif sign in _CLOSE and len(brackets) > 1:
        brackets.pop()
    elif sign == ":":
        brackets[-1].in_lambda = False


def _is_foreign(callee: Lexeme | None, statement: Statement, place: int, own: frozenset[str]) -> bool:
    """Say whether what is called is not the submission's own, so that its keywords are not either."""
    if callee is None or callee.kind is not Kind.NAME:
        return False
    if place > 1 and statement[place - 2].text == ".":
        return callee.text not in own
    return callee.text in _BUILTINS


def _name(name: str, before: str, after: str, bracket: _Bracket, own: frozenset[str]) -> str:
    if name in _KEYWORDS:
        return name
    if before == ".":
        return NAME if name in own else name
    if after == "=" and before in {"(", ","} and bracket.keeps and not bracket.in_lambda:
        return name
    return name if name in _BUILTINS else NAME


def _value(number: str) -> str:
    """Return a number in one way of writing it: ``1.``, ``1.0`` and ``1_0e-1`` are one."""
    digits = number.replace("_", "").lower()
    suffix = "j" if digits.endswith("j") and not digits.startswith("0x") else ""
    try:
        return repr(float(digits.removesuffix("j"))) + suffix
    except ValueError:
        # 0x1f and its like, and what is cut short ("0x").
        return digits
