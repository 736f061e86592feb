"""The code that a trusted function runs through, as text: its module, those it needs, and what of them it reaches."""

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from grader.truth.modules import TrustedFunctionError
from grader.truth.needed import UnreadableModuleError, file_of, modules_needed

Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Module:
    """One module of a trusted folder.

    Parameters
    ----------
    name : str
        Relative to the folder; empty for the folder's own ``__init__``.
    file : str
        Its path within the folder.
    source : str
        Its text.
    tree : ast.Module
        The same, parsed.
    """

    name: str
    file: str
    source: str
    tree: ast.Module


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reached:
    """What one trusted function runs through.

    Parameters
    ----------
    module, function : str
        The function itself.
    modules : dict of str to Module
        All that are imported with it, by name.
    definitions : tuple of (str, Definition)
        Module and statement: functions, classes and constants that the function may come to, itself first.
    packages : tuple of str
        Names of packages outside the folder that these modules import, the standard library left out.
    """

    module: str
    function: str
    modules: dict[str, Module]
    definitions: tuple[tuple[str, Definition], ...]
    packages: tuple[str, ...]


def reached(folder: Path, ref: str) -> Reached:
    """Return what a trusted function runs through, as far as names tell.

    Parameters
    ----------
    folder : Path
        The trusted folder.
    ref : str
        ``module:function``.

    Returns
    -------
    Reached

    Raises
    ------
    TrustedFunctionError
        A module cannot be read, or has no such function.
    """
    name, _, function = ref.partition(":")
    modules = modules_of(folder, ref)
    scopes = {each: _Scope(module, modules) for each, module in modules.items()}
    found: dict[tuple[str, str], Definition] = {}
    waiting = [(name, function)]
    while waiting:
        place = waiting.pop(0)
        if place[0] not in scopes:
            continue
        if place not in found and place[1] in scopes[place[0]].brought:
            # A package that hands on what one of its modules defines.
            waiting.append(scopes[place[0]].brought[place[1]])
            continue
        definition = scopes[place[0]].defined.get(place[1])
        if place in found or definition is None:
            continue
        found[place] = definition
        waiting += scopes[place[0]].names(definition)
    if (name, function) not in found:
        raise TrustedFunctionError(
            ref, f"`{function}` is not defined in the text of `{name}`, so nothing of it can be varied"
        )
    return Reached(
        module=name,
        function=function,
        modules=modules,
        definitions=tuple((module, definition) for (module, _), definition in found.items()),
        packages=tuple(sorted({each for module in modules.values() for each in _outside(module.tree)})),
    )


def modules_of(folder: Path, ref: str) -> dict[str, Module]:
    """Return the module of a trusted function and all that is imported with it.

    Parameters
    ----------
    folder : Path
        The trusted folder.
    ref : str
        ``module:function``.

    Returns
    -------
    dict of str to Module
        By name.

    Raises
    ------
    TrustedFunctionError
        One of them cannot be read.
    """
    try:
        needed = modules_needed(folder, [ref.partition(":")[0]])
        return {each: module for each in needed if (module := _module(folder, each))}
    except (UnreadableModuleError, UnicodeDecodeError) as error:
        raise TrustedFunctionError(ref, str(error)) from error


def _module(folder: Path, name: str) -> Module | None:
    path = file_of(folder, name)
    if path is None:
        return None
    source = path.read_text(encoding="utf-8")
    return Module(name=name, file=path.relative_to(folder).as_posix(), source=source, tree=ast.parse(source))


def _outside(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names = [node.module]
        yield from (top for name in names if (top := name.partition(".")[0]) not in sys.stdlib_module_names)


class _Scope:
    """What the names of a module stand for.

    Parameters
    ----------
    module : Module
        Which.
    modules : mapping of str to Module
        Those it may import from.
    """

    def __init__(self, module: Module, modules: Mapping[str, Module]) -> None:
        self.defined: dict[str, Definition] = {}
        self._module = module
        self._modules = modules
        self.brought: dict[str, tuple[str, str]] = {}
        self._whole: dict[str, str] = {}
        for statement in module.tree.body:
            match statement:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    self.defined[statement.name] = statement
                case ast.Assign():
                    for target in statement.targets:
                        self.defined |= {n.id: statement for n in ast.walk(target) if isinstance(n, ast.Name)}
                case ast.AnnAssign(target=ast.Name(id=id_), value=ast.expr()):
                    self.defined[id_] = statement
                case ast.ImportFrom(level=level) if level:
                    self._import(statement)
                case _:
                    pass

    def names(self, definition: Definition) -> Iterator[tuple[str, str]]:
        """Yield module and name of what a definition mentions."""
        for node in ast.walk(definition):
            match node:
                case ast.Attribute(value=ast.Name(id=id_), attr=attr) if id_ in self._whole:
                    yield self._whole[id_], attr
                case ast.Name(id=id_):
                    yield self.brought.get(id_, (self._module.name, id_))
                case _:
                    pass

    def _import(self, statement: ast.ImportFrom) -> None:
        base = self._module.name.split(".") if self._module.name else []
        up = statement.level - 1 if self._module.file.endswith("__init__.py") else statement.level
        parts = base[: len(base) - up] + (statement.module.split(".") if statement.module else [])
        for alias in statement.names:
            inner = ".".join((*parts, alias.name))
            if inner in self._modules:
                self._whole[alias.asname or alias.name] = inner
            else:
                self.brought[alias.asname or alias.name] = (".".join(parts), alias.name)
