"""``source``: what stands in a submission's source, read from its syntax trees; nothing of it is run.

A tree shows what is written, not what is done. What hides what is done (code made from text, attributes by computed
names) is reported as such, for a person to look at.
"""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import IntEnum

from grader.checks.names import Definitions, Piece
from grader.model.checks import SourceCheck
from grader.model.submission import Submission

_LOOPS = (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LOOPING = frozenset(
    {
        "builtins.map", "builtins.filter", "functools.reduce", "itertools.starmap", "itertools.accumulate",
        "itertools.takewhile", "itertools.dropwhile", "itertools.filterfalse", "itertools.groupby",
        "numpy.vectorize", "numpy.frompyfunc", "numpy.apply_along_axis", "numpy.apply_over_axes", "numpy.fromiter",
        "numpy.nditer", "numpy.ndenumerate", "numpy.ndindex", "numpy.piecewise",
    }
)  # fmt: skip
"""Functions that call a Python function for each entry, or are there to be looped over."""
_IMPORTING = frozenset({"builtins.__import__", "importlib.import_module", "importlib.__import__"})
_GETTING = frozenset({"builtins.getattr", "operator.attrgetter", "operator.methodcaller"})
_HIDING = (
    "builtins.exec", "builtins.eval", "builtins.compile", "builtins.globals", "builtins.locals", "builtins.vars",
    "builtins.__builtins__", "builtins.__loader__", "builtins.__spec__", "builtins.setattr", "sys.modules",
    "sys._getframe", "sys.settrace", "sys.setprofile", "types.FunctionType", "types.CodeType", "runpy", "ctypes",
    "_ctypes", "pickle", "marshal", "codeop", "code", "inspect", "gc", "timeit", "pkgutil", "importlib.util",
    "importlib.machinery", "importlib.abc", "unittest.mock", "string.Formatter", "submission", "subprocess",
    "multiprocessing", "concurrent", "os.system", "os.popen",
)  # fmt: skip
_HIDING_ATTRIBUTES = frozenset(
    {
        "__dict__", "__globals__", "__code__", "__getattr__", "__getattribute__", "__subclasses__", "__builtins__",
        "f_globals", "f_locals", "f_builtins",
    }
)  # fmt: skip
"""What runs or finds things that no tree shows."""


class Sort(IntEnum):
    """What was seen; what is certain comes first."""

    FORBIDDEN = 0
    LOOP = 1
    RECURSION = 2
    HIDDEN = 3
    UNREADABLE = 4
    NOT_FOUND = 5

    @property
    def certain(self) -> bool:
        """Whether it is against the rubric, and does not only hide whether something is."""
        return self <= Sort.RECURSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One thing in a source.

    Parameters
    ----------
    sort : Sort
        What it is.
    label : str
        Of the file or cell; empty where it is nowhere.
    line : int
        From 1; 0 where it is nowhere.
    text : str
        That line, stripped.
    name : str
        What is used, where it has a name: ``"torch"``.
    function : str
        What of the submission it stands in; empty outside of all functions.
    """

    sort: Sort
    label: str = ""
    line: int = 0
    text: str = ""
    name: str = ""
    function: str = ""


def seen(check: SourceCheck, function: str, submission: Submission) -> tuple[Seen, ...]:
    """Return what a check finds in a submission's source.

    Parameters
    ----------
    check : SourceCheck
        What is not allowed.
    function : str
        The function that is asked for.
    submission : Submission
        Its source.

    Returns
    -------
    tuple of Seen
        First what is not allowed, then what hides whether something is; each in the order of the source, one a line.
    """
    found = Definitions(submission)
    reached = found.reached(function)
    all_seen = [Seen(sort=Sort.UNREADABLE, label=label) for label in found.unreadable]
    if not reached:
        all_seen.append(Seen(sort=Sort.NOT_FOUND, name=function))
    if check.loops == "forbid":
        for piece in reached:
            all_seen += [*_loops(piece, found), *_recursions(piece, found)]
    for piece in found.pieces:
        # Another problem's function may use what this one must not; but an import is there for the whole submission.
        counts = not piece.is_definition or piece in reached
        if check.forbid:
            all_seen += _forbidden(piece, found, check.forbid, used=counts)
        if counts:
            all_seen += _hidden(piece, found)
    first: dict[tuple[Sort, str, int], Seen] = {}
    for one in all_seen:
        first.setdefault((one.sort, one.label, one.line), one)
    return tuple(sorted(first.values(), key=lambda one: one.sort))


def _at(sort: Sort, node: ast.AST, piece: Piece, name: str = "") -> Seen:
    line = getattr(node, "lineno", 0)
    text = piece.lines[line - 1].strip() if 0 < line <= len(piece.lines) else ""
    function = piece.name if piece.is_definition else ""
    return Seen(sort=sort, label=piece.label, line=line, text=text, name=name, function=function)


def _loops(piece: Piece, found: Definitions) -> Iterator[Seen]:
    called = set()
    for node, bound in piece.nodes():
        if isinstance(node, ast.Lambda):
            called |= {id(inner) for inner in ast.walk(node)}
        # Of what is assigned at the margin only lambdas run with the function; the rest has run once, before.
        if isinstance(node, _LOOPS) and not _written_out(node) and (piece.is_definition or id(node) in called):
            yield _at(Sort.LOOP, node, piece)
        name = found.dotted(piece.module, node, bound)
        if _is(name, _LOOPING):
            yield _at(Sort.LOOP, node, piece, name)
        elif isinstance(node, ast.Call) and _calls_for_each(node, found.dotted(piece.module, node.func, bound)):
            yield _at(Sort.LOOP, node, piece)


def _is(name: str, known: Collection[str]) -> bool:
    """Return whether a full name is a known one, or the same thing by a module below: ``numpy.linalg._linalg.inv``."""
    if name in known:
        return True
    first, _, last = name.rpartition(".")
    return any(
        base and first.startswith(f"{base}.") and last == one for base, _, one in (k.rpartition(".") for k in known)
    )


def _calls_for_each(node: ast.Call, called: str) -> bool:
    """Return whether a builtin calls a function of the student's for each entry."""
    if called == "builtins.iter":
        return len(node.args) > 1
    # Of two values or more that stand there, as in ``max(a, b, key=abs)``, data make it no longer.
    with_key = called in {"builtins.min", "builtins.max", "builtins.sorted"} and len(node.args) == 1
    return with_key and any(keyword.arg in {"key", None} for keyword in node.keywords)


def _written_out(node: ast.AST) -> bool:
    """Return whether a loop goes through values that stand there one by one, so that data make it no longer."""
    iterated = [node.iter] if isinstance(node, ast.For | ast.AsyncFor) else []
    iterated += [one.iter for one in getattr(node, "generators", ())]
    return bool(iterated) and all(
        isinstance(one, ast.Tuple | ast.List | ast.Set) and not any(isinstance(e, ast.Starred) for e in one.elts)
        for one in iterated
    )


def _recursions(piece: Piece, found: Definitions) -> Iterator[Seen]:
    if isinstance(piece.node, ast.ClassDef):
        return
    for node, other in found.uses(piece):
        if found.comes_back(piece, other):
            yield _at(Sort.RECURSION, node, piece, piece.name)
    for inner, _ in piece.nodes():
        # A function within a function is no piece of its own.
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) and inner is not piece.node:
            for node in ast.walk(inner):
                if isinstance(node, ast.Name) and node.id == inner.name:
                    yield _at(Sort.RECURSION, node, piece, inner.name)


def _forbidden(piece: Piece, found: Definitions, forbid: tuple[str, ...], *, used: bool) -> Iterator[Seen]:
    for node, bound in piece.nodes():
        names = [*_imported(node, piece, found, bound)]
        if used and isinstance(node, ast.Name | ast.Attribute | ast.Call):
            names.append(found.dotted(piece.module, node, bound))
        name = next((f for f in forbid for full in names if _is(full, (f,)) or full.startswith(f"{f}.")), None)
        if name is not None:
            yield _at(Sort.FORBIDDEN, node, piece, name)


def _imported(node: ast.AST, piece: Piece, found: Definitions, bound: frozenset[str]) -> Iterator[str]:
    """Yield the full names of what a node imports, in whichever way."""
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(names=names):
            base = found.imported_from(piece.module, node)
            yield from (f"{base}.{alias.name}" for alias in names)
        case ast.Call(func=function, args=[ast.Constant(value=str(name)), *_]):
            if found.dotted(piece.module, function, bound) in _IMPORTING:
                yield name
        case ast.Subscript(value=value, slice=ast.Constant(value=str(name))):
            if found.dotted(piece.module, value, bound) == "sys.modules":
                yield name
        case _:
            return


def _hidden(piece: Piece, found: Definitions) -> Iterator[Seen]:
    for node, bound in piece.nodes():
        match node:
            case ast.Call(func=function, args=args):
                called = found.dotted(piece.module, function, bound)
                place = 0 if called in _IMPORTING else 1
                known = len(args) > place and isinstance(args[place], ast.Constant)
                if (called in _IMPORTING or called in _GETTING) and not known:
                    yield _at(Sort.HIDDEN, node, piece, called.removeprefix("builtins."))
            case ast.Name() | ast.Attribute():
                name = found.dotted(piece.module, node, bound)
                by_attribute = isinstance(node, ast.Attribute) and node.attr in _HIDING_ATTRIBUTES
                # What is put in the place of a module's own function runs under that one's name.
                replaced = bool(name) and isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
                if replaced or by_attribute or any(name == one or name.startswith(f"{one}.") for one in _HIDING):
                    yield _at(Sort.HIDDEN, node, piece, name.removeprefix("builtins.") or ast.unparse(node))
            case _:
                pass
