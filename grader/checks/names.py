"""What names mean in a submission's source: which of its own functions reach which, and what comes from a module.

Read from syntax trees alone. Where Python would decide only when it runs (which branch defines a function), both count.
"""

import ast
import builtins
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.model.submission import Chunk, Submission

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
MOST_PIECES = 1000
"""Of a submission whose source is followed: what calls what takes the square of their number."""
_BUILTINS = frozenset(dir(builtins)) | {"__builtins__"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """A function, a class or an assignment at the margin of a source; or any other statement there.

    Parameters
    ----------
    name : str
        What it defines; empty for a statement that defines nothing.
    node : AST
        Its tree.
    label : str
        Of the file or cell in which it stands.
    lines : sequence of str
        Of that file or cell.
    module : str
        The submission's module in which it stands; empty for what is run by itself.
    """

    name: str
    node: ast.AST
    label: str
    lines: Sequence[str]
    module: str

    @property
    def is_definition(self) -> bool:
        """Whether it is a function or a class, of which nothing runs before it is called."""
        return isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)

    def nodes(self) -> Iterator[tuple[ast.AST, frozenset[str]]]:
        """Yield every node with the names that the functions around it bind."""
        yield from _walk(self.node)


def _walk(node: ast.AST) -> Iterator[tuple[ast.AST, frozenset[str]]]:
    # No recursion: a long sum is a deep tree, and a submission must not be able to exhaust the grader's stack.
    waiting = [(node, frozenset[str]())]
    while waiting:
        node, bound = waiting.pop()
        yield node, bound
        inner = bound | _bound_by(node)
        waiting += [(child, inner) for child in reversed(list(ast.iter_child_nodes(node)))]


def _bound_by(node: ast.AST) -> frozenset[str]:
    """Return the names that a function or a comprehension binds, without those of functions within it."""
    if isinstance(node, _COMPREHENSIONS):
        return frozenset(_stored(one.target for one in node.generators))
    if not isinstance(node, _FUNCTIONS):
        return frozenset()
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    names = {argument.arg for argument in named if argument is not None}
    if not isinstance(node, ast.Lambda):
        names |= set(_stored(node.body))
        names -= {name for one in ast.walk(node) if isinstance(one, ast.Global | ast.Nonlocal) for name in one.names}
    return frozenset(names)


def _stored(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the names that are assigned to or defined, but not within functions that are defined."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif not isinstance(node, (ast.Lambda, *_COMPREHENSIONS)):
            waiting += ast.iter_child_nodes(node)


class Definitions:
    """What the source of a submission defines.

    Parameters
    ----------
    submission : Submission
        Whose source.
    """

    def __init__(self, submission: Submission) -> None:
        self.unreadable: list[str] = []
        self.pieces: list[Piece] = []
        self._own: dict[tuple[str, str], list[Piece]] = {}
        self._meant: dict[tuple[str, str], str] = {}
        self._stars: dict[str, list[str]] = {}
        self._modules = {name for name, _ in submission.modules}
        self._uses: dict[Piece, tuple[tuple[ast.AST, Piece], ...]] = {}
        self._reaches: dict[Piece, tuple[Piece, ...]] = {}
        for name, chunk in submission.modules:
            self._read(name, chunk)
        for chunk in submission.chunks:
            self._read("", chunk)

    # Reading ----------------------------------------------------------------------------------------------------------

    def _read(self, module: str, chunk: Chunk) -> None:
        try:
            tree = ast.parse(chunk.source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            # Whatever is wrong with it is said when it is run.
            self.unreadable.append(chunk.label)
            return
        if len(self.pieces) + len(tree.body) > MOST_PIECES:
            self.unreadable.append(chunk.label)
            return
        lines = chunk.source.splitlines()
        for statement in tree.body:
            for name, node, certain in _defined(statement, certain=True):
                piece = Piece(name=name, node=node, label=chunk.label, lines=lines, module=module)
                self.pieces.append(piece)
                if name:
                    known = self._own.setdefault((module, name), [])
                    if certain:
                        known.clear()
                    known.append(piece)
        for one in ast.walk(tree):
            self._note_import(module, one)
        for one in ast.walk(tree):
            match one:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name() | ast.Attribute() as value):
                    meant = self.dotted(module, value, frozenset())
                    if meant:
                        self._meant.setdefault((module, name), meant)
                case _:
                    pass

    def _note_import(self, module: str, node: ast.AST) -> None:
        match node:
            case ast.Import(names=names):
                for alias in names:
                    meant = alias.name if alias.asname else alias.name.partition(".")[0]
                    self._meant[module, alias.asname or meant] = meant
            case ast.ImportFrom(names=names):
                base = self.imported_from(module, node)
                for alias in names:
                    if alias.name == "*":
                        self._stars.setdefault(module, []).append(base)
                    else:
                        self._meant[module, alias.asname or alias.name] = f"{base}.{alias.name}"
            case _:
                return

    def imported_from(self, module: str, node: ast.ImportFrom) -> str:
        """Return the full name of the module that a ``from … import`` names."""
        if not node.level:
            return node.module or ""
        is_package = any(name.startswith(f"{module}.") for name in self._modules)
        parts = module.split(".") if module else []
        kept = parts[: max(0, len(parts) - node.level + is_package)]
        return ".".join([*kept, *([node.module] if node.module else [])])

    # Meaning ----------------------------------------------------------------------------------------------------------

    def dotted(self, module: str, node: ast.AST, bound: frozenset[str]) -> str:
        """Return the full name of what a node names: ``"numpy.vectorize"``, ``"builtins.map"``.

        Parameters
        ----------
        module : str
            The module in which it stands.
        node : AST
            Any.
        bound : frozenset of str
            Names that the functions around it bind.

        Returns
        -------
        str
            Empty where it is the submission's own, or cannot be told.
        """
        match node:
            case ast.Name(id=name):
                return "" if name in bound else self._meaning(module, name)
            case ast.Attribute(value=value, attr=attribute):
                base = self.dotted(module, value, bound)
                return f"{base}.{attribute}" if base else ""
            case ast.Call(func=ast.Name(id="getattr"), args=[value, ast.Constant(value=str(attribute)), *_]):
                base = self.dotted(module, value, bound)
                return f"{base}.{attribute}" if base else ""
            case _:
                return ""

    def _meaning(self, module: str, name: str) -> str:
        if (module, name) in self._meant:
            return self._meant[module, name]
        if (module, name) in self._own:
            return ""
        if name in _BUILTINS:
            return f"builtins.{name}"
        stars = [star for star in self._stars.get(module, ()) if star not in self._modules]
        return f"{stars[-1]}.{name}" if stars else ""

    def _of(self, module: str, name: str, asked: frozenset[tuple[str, str]] = frozenset()) -> list[Piece]:
        """Return the pieces that a name of a module stands for."""
        if (module, name) in asked:
            return []
        own = self._own.get((module, name), [])
        meant = self._meant.get((module, name), "")
        asked = asked | {(module, name)}
        stars = [one for star in self._stars.get(module, ()) if not own for one in self._of(star, name, asked)]
        return [*own, *stars, *(self._elsewhere(meant, asked) if meant else [])]

    def _elsewhere(self, dotted: str, asked: frozenset[tuple[str, str]] = frozenset()) -> list[Piece]:
        module, _, name = dotted.rpartition(".")
        while module:
            if module in self._modules:
                return self._of(module, name.partition(".")[0], asked)
            module, _, last = module.rpartition(".")
            name = f"{last}.{name}"
        return []

    def uses(self, piece: Piece) -> tuple[tuple[ast.AST, Piece], ...]:
        """Return each place at which a piece names another one (or itself), and which."""
        if piece not in self._uses:
            self._uses[piece] = tuple(self._used(piece))
        return self._uses[piece]

    def _used(self, piece: Piece) -> Iterator[tuple[ast.AST, Piece]]:
        for node, bound in piece.nodes():
            others: list[Piece] = []
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in bound:
                others = self._of(piece.module, node.id)
            elif isinstance(node, ast.Attribute):
                others = self._elsewhere(self.dotted(piece.module, node, bound))
            yield from ((node, other) for other in others)

    def reached(self, function: str) -> tuple[Piece, ...]:
        """Return the pieces that a function consists of, and those that it reaches by name; none if it is not found."""
        return self._reached_from(self._of("", function))

    def comes_back(self, piece: Piece, other: Piece) -> bool:
        """Return whether a piece is reached from another one."""
        if other not in self._reaches:
            self._reaches[other] = self._reached_from([other])
        return piece in self._reaches[other]

    def _reached_from(self, waiting: list[Piece]) -> tuple[Piece, ...]:
        found: dict[Piece, None] = {}
        waiting = list(waiting)
        while waiting:
            piece = waiting.pop(0)
            if piece not in found:
                found[piece] = None
                waiting += [other for _, other in self.uses(piece)]
        return tuple(piece for piece in self.pieces if piece in found)


def _defined(statement: ast.stmt, *, certain: bool) -> Iterator[tuple[str, ast.AST, bool]]:
    """Yield what a statement at the margin defines: a name, its tree, and whether it does so in any case."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name, statement, certain
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            names = list(dict.fromkeys(_stored([statement])))
            yield from ((name, statement, certain and isinstance(statement, ast.Assign)) for name in names or [""])
        case _:
            inner = list(ast.iter_child_nodes(statement))
            bodies = [one for one in inner if isinstance(one, ast.stmt)]
            cases = [one for one in inner if isinstance(one, ast.ExceptHandler | ast.match_case)]
            if not bodies and not cases:
                yield "", statement, certain
                return
            for one in inner:
                match one:
                    case ast.stmt():
                        yield from _defined(one, certain=False)
                    case ast.ExceptHandler(body=body) | ast.match_case(body=body):
                        for below in body:
                            yield from _defined(below, certain=False)
                    case _:
                        yield "", one, certain
