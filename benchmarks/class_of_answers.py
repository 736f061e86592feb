"""A class of any size, made from a few answers: each file is one of them with other names, comments and constants.

The numbers that an answer returns stay the same, unless it is given a mistake of its own.
"""

import ast
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

NAMES = ("a", "b", "aux", "calc", "hilf", "mid", "out", "part", "q", "res", "s", "step", "tmp", "val", "w", "zz")
COMMENTS = (
    "check the shapes",
    "see the lecture",
    "by the chain rule",
    "not as tidy as it could be",
    "sum over the samples",
    "ok so far",
)
"""What students write; none of it is read."""
RENAMED, COMMENTED, WRAPPED = 0.5, 0.15, 0.2
"""The share of local names, statements and constants that are changed."""
VARIATIONS = 1000
"""After so many a class repeats them, with another first line: making one takes some milliseconds."""


def make_class(
    folder: Path, examples: Sequence[Path], count: int, seed: int, *, own_mistakes: bool = False
) -> list[Path]:
    """Write a class.

    Parameters
    ----------
    folder : Path
        An existing folder.
    examples : sequence of Path
        The answers that are varied; each comes up equally often.
    count : int
        How many students there are.
    seed : int
        The same seed gives the same bytes.
    own_mistakes : bool
        True to have each answer wrong in a way in which no other is.

    Returns
    -------
    list of Path
        A file a student.
    """
    sources = [path.read_text(encoding="utf-8") for path in sorted(examples)]
    order = random.Random(seed)
    turns = [i % len(sources) for i in range(count)]
    order.shuffle(turns)
    paths = []
    for number, turn in enumerate(turns):
        if own_mistakes or number < VARIATIONS:
            chance = random.Random(f"{seed} {number}")
            source = varied(sources[turn], chance)
            if own_mistakes:
                source += own_mistake(source, chance)
        else:
            source = f"# {number}\n{paths[number % VARIATIONS].read_text(encoding='utf-8')}"
        path = folder / f"student_{number:06}.py"
        path.write_text(source, encoding="utf-8")
        paths.append(path)
    return paths


def varied(source: str, chance: random.Random) -> str:
    """Return a source that computes the same numbers and reads differently.

    Parameters
    ----------
    source : str
        Python.
    chance : random.Random
        Decides what is changed.

    Returns
    -------
    str
    """
    tree = ast.parse(source)
    taken = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for function in tree.body:
        if isinstance(function, ast.FunctionDef):
            _Renamed(_new_names(function, taken, chance)).visit(function)
    plain = ast.unparse(ast.fix_missing_locations(_Wrapped(chance).visit(tree)))
    return _commented(plain, chance)


def own_mistake(source: str, chance: random.Random) -> str:
    """Return what to append, so that one function is off by a term that nobody else has.

    Parameters
    ----------
    source : str
        Python with functions at its top level.
    chance : random.Random
        Decides which function, and by how much.

    Returns
    -------
    str
    """
    functions = [f for f in ast.parse(source).body if isinstance(f, ast.FunctionDef) and f.name.startswith("grad_")]
    chosen = chance.choice(functions)
    names = [argument.arg for argument in chosen.args.args]
    arguments = ", ".join(names)
    # No change of one term makes this of the right answer: all that diagnosis knows is tried, and in vain.
    return (
        f"\n\n_before = {chosen.name}\n\n\ndef {chosen.name}({arguments}):\n"
        f"    return _before({arguments}) + {chance.uniform(0.01, 0.1)!r} * np.sin({names[0]}.sum())\n"
    )


def _new_names(function: ast.FunctionDef, taken: Iterable[str], chance: random.Random) -> dict[str, str]:
    nodes = list(ast.walk(function))
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    # Arguments may be named by a caller, and what a nested function binds is another variable of the same name.
    stored -= {node.arg for node in nodes if isinstance(node, ast.arg)}
    stored -= {name for node in nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
    free = [name for name in NAMES if name not in set(taken)]
    chance.shuffle(free)
    chosen = [name for name in sorted(stored) if chance.random() < RENAMED]
    return dict(zip(chosen, free, strict=False))


class _Renamed(ast.NodeTransformer):
    """Gives variables other names."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self._names.get(node.id, node.id)
        return node


class _Wrapped(ast.NodeTransformer):
    """Writes ``float(0.5)`` for 0.5 here and there."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.JoinedStr:
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if type(node.value) not in {int, float} or self._chance.random() >= WRAPPED:
            return node
        return ast.Call(func=ast.Name(id=type(node.value).__name__, ctx=ast.Load()), args=[node], keywords=[])


def _commented(source: str, chance: random.Random) -> str:
    lines = source.split("\n")
    inner = [s for f in ast.parse(source).body if isinstance(f, ast.FunctionDef) for s in f.body]
    # From the last line on, so that the numbers of the others stay true.
    for statement in sorted(inner, key=lambda s: s.lineno, reverse=True):
        if chance.random() < COMMENTED:
            lines.insert(statement.lineno - 1, f"{' ' * statement.col_offset}# {chance.choice(COMMENTS)}")
    return f"# {chance.getrandbits(64):016x}\n" + "\n".join(lines) + "\n"
