"""Mutants: the source of a trusted answer with one mistake in it, made from its syntax tree."""

import ast
import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent

from grader.audit.around import wrong_around
from grader.audit.arrays import array_slips
from grader.audit.formula import Slip, formula_slips, quoted
from grader.audit.reached import Module, Reached
from grader.model.assignment import Problem

_OPEN = (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp)
"""What needs parentheses where it stands within another expression."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mutant:
    """One wrong answer.

    Parameters
    ----------
    key : str
        Tells it from the others and stays as long as the line that it changes does.
    operator, says : str
        The kind of mistake, and this one in words.
    module : str
        Which module differs from the trusted one.
    source : str
        The module's text.
    where : str
        File and line within the trusted folder.
    diff : str
        The lines that differ, with ``-`` and ``+``.
    around : str
        What stands around the answer, where the mistake is made there and no module differs.
    """

    key: str
    operator: str
    says: str
    module: str
    source: str
    where: str
    diff: str
    around: str = ""


def mutants(reached: Reached) -> tuple[Mutant, ...]:
    """Return the mutants of a trusted answer, of everything that it runs through.

    Parameters
    ----------
    reached : Reached
        The answer's code.

    Returns
    -------
    tuple of Mutant
        Each differs from the answer and from the others in more than its text.
    """
    found: dict[tuple[str, str], Mutant] = {}
    for name, definition in reached.definitions:
        module = reached.modules[name]
        text = _Text(module, getattr(definition, "name", ""))
        for statement, node, slip in _slips(definition):
            mutant = text.mutant(statement, node, slip)
            if mutant is not None:
                found.setdefault((name, mutant.source), mutant)
    return tuple(found.values())


def mutants_around(problem: Problem) -> tuple[Mutant, ...]:
    """Return what can be done to a right answer to make it wrong.

    Parameters
    ----------
    problem : Problem
        Whose answer.

    Returns
    -------
    tuple of Mutant
    """
    return tuple(
        Mutant(
            key=hashlib.sha256(f"{problem.id}\n{around.operator}\n{around.body}".encode()).hexdigest()[:12],
            operator=around.operator,
            says=around.says,
            module="",
            source="",
            where=problem.reference,
            diff="\n".join(f"+ {line}" for line in dedent(around.body).strip().splitlines()),
            around=around.source(problem.function),
        )
        for around in wrong_around(problem)
    )


# Where mistakes are made ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    """A node of a syntax tree, with what has to be known of its place."""

    node: ast.AST
    bare: bool
    index: bool


def _slips(definition: ast.stmt) -> Iterator[tuple[ast.stmt, _Node, Slip]]:
    for statement in _statements(definition):
        if isinstance(statement, ast.If | ast.While):
            says = f"the condition {quoted(statement.test)} is negated"
            new = ast.UnaryOp(op=ast.Not(), operand=statement.test)
            place = _Node(node=statement.test, bare=True, index=False)
            yield statement, place, Slip(operator="condition", says=says, new=new)
        for place in _within(statement):
            for slip in (
                *formula_slips(place.node, index=place.index),
                *array_slips(place.node, index=place.index),
            ):
                yield statement, place, slip


def _statements(definition: ast.stmt) -> Iterator[ast.stmt]:
    """Yield every statement that computes something, in the order of the text."""
    match definition:
        case ast.Raise() | ast.Assert() | ast.Import() | ast.ImportFrom() | ast.Pass():
            return
        case ast.Expr(value=ast.Constant()):
            return
        case _:
            pass
    yield definition
    for field in ("body", "orelse", "finalbody"):
        for inner in getattr(definition, field, ()):
            yield from _statements(inner)


def _within(statement: ast.stmt) -> Iterator[_Node]:
    """Yield the nodes of a statement itself; statements inside it come by themselves."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return
        case ast.AnnAssign(value=value):
            if value is not None:
                yield from _below(value, bare=True, index=False)
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Subscript):
                    yield from _below(target.slice, bare=True, index=True)
            yield from _below(value, bare=True, index=False)
        case ast.AugAssign() | ast.Return():
            yield _Node(node=statement, bare=True, index=False)
            if statement.value is not None:
                yield from _below(statement.value, bare=True, index=False)
        case ast.For(iter=over):
            yield from _below(over, bare=True, index=False)
        case ast.If(test=test) | ast.While(test=test):
            yield from _below(test, bare=True, index=False)
        case ast.Expr(value=value):
            yield from _below(value, bare=True, index=False)
        case _:
            pass


def _below(node: ast.AST, *, bare: bool, index: bool) -> Iterator[_Node]:
    if isinstance(node, ast.Call) and _is_tap(node):
        # What is tapped may be wrong; the tap itself is for whoever measures.
        yield from _below(node.args[1], bare=True, index=index)
        return
    yield _Node(node=node, bare=bare, index=index)
    match node:
        case ast.Call(func=func, args=args, keywords=keywords):
            if isinstance(func, ast.Attribute):
                yield from _below(func.value, bare=False, index=index)
            for arg in args:
                yield from _below(arg, bare=True, index=index)
            for keyword in keywords:
                inside = index or keyword.arg in {"axis", "axes", "shape", "ndmin", "axis1", "axis2"}
                yield from _below(keyword.value, bare=True, index=inside)
        case ast.Subscript(value=value, slice=at):
            yield from _below(value, bare=False, index=index)
            yield from _below(at, bare=True, index=True)
        case ast.Tuple(elts=elts) | ast.List(elts=elts):
            for element in elts:
                yield from _below(element, bare=True, index=index)
        case ast.Lambda(body=body):
            yield from _below(body, bare=True, index=index)
        case _:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    yield from _below(child, bare=False, index=index)


def _is_tap(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == "tap" and len(node.args) == 2


# From a mistake to a text --------------------------------------------------------------------------------------------


class _Text:
    """The text of a module, in which one place can be replaced.

    Parameters
    ----------
    module : Module
        Which.
    definition : str
        The function in which the place is.
    """

    def __init__(self, module: Module, definition: str) -> None:
        self._module = module
        self._definition = definition
        # Columns of a syntax tree count bytes.
        self._lines = module.source.encode().splitlines(keepends=True)

    def mutant(self, statement: ast.stmt, place: _Node, slip: Slip) -> Mutant | None:
        """Return the module with a mistake in it, or None where that changes no value."""
        node = place.node
        if not isinstance(node, ast.expr | ast.stmt | ast.Slice):
            return None
        written = ast.unparse(ast.fix_missing_locations(slip.new))
        first, last = _head(statement)
        before = b"".join(self._lines[first - 1 : last])
        start = self._offset(first, node.lineno, node.col_offset)
        end = self._offset(first, node.end_lineno or node.lineno, node.end_col_offset or 0)
        enclosed = before[:start].endswith(b"(") and before[end:].startswith(b")")
        if isinstance(slip.new, _OPEN) and not place.bare and not enclosed:
            written = f"({written})"
        after = before[:start] + written.encode() + before[end:]
        if _meaning(before) == _meaning(after):
            return None
        source = b"".join((*self._lines[: first - 1], after, *self._lines[last:])).decode()
        diff = _diff(before.decode(), after.decode())
        return Mutant(
            key=hashlib.sha256(f"{self._module.name}:{self._definition}\n{slip.operator}\n{diff}".encode()).hexdigest()[
                :12
            ],
            operator=slip.operator,
            says=slip.says,
            module=self._module.name,
            source=source,
            where=f"{self._module.file}:{node.lineno}",
            diff=diff,
        )

    def _offset(self, first: int, line: int, column: int) -> int:
        return sum(map(len, self._lines[first - 1 : line - 1])) + column


def _head(statement: ast.stmt) -> tuple[int, int]:
    """Return the first and the last line of a statement, without the statements inside it."""
    body = getattr(statement, "body", None)
    last = body[0].lineno - 1 if isinstance(body, list) and body else statement.end_lineno
    return statement.lineno, max(statement.lineno, last or statement.lineno)


def _diff(before: str, after: str) -> str:
    lines = difflib.ndiff(before.rstrip().splitlines(), after.rstrip().splitlines())
    return "\n".join(line.rstrip() for line in lines if not line.startswith("?"))


def _meaning(text: bytes) -> str:
    """Return what a statement computes when nobody taps."""
    source = text.decode().strip()
    if source.endswith(":"):
        source += " pass"
    return ast.dump(_Untapped().visit(ast.parse("if 1:\n pass\n" + source if source.startswith("el") else source)))


class _Untapped(ast.NodeTransformer):
    """Takes taps out of a statement, and what cancels once they are gone."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Put what is tapped in the place of the tap."""
        return self.visit(node.args[1]) if _is_tap(node) else self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Take x - x for 0, and x + 0 for x."""
        self.generic_visit(node)
        if isinstance(node.op, ast.Sub) and ast.dump(node.left) == ast.dump(node.right):
            return ast.Constant(value=0)
        if isinstance(node.op, ast.Add | ast.Sub) and isinstance(node.right, ast.Constant) and node.right.value == 0:
            return node.left
        return node
