"""Which files of a trusted folder some of its modules need, found by reading their imports."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path


class UnreadableModuleError(Exception):
    """A module of a trusted folder is missing, or is no Python; the rubric's fault.

    Parameters
    ----------
    module : str
        Its name, relative to the folder.
    says : str
        What is wrong.
    """

    def __init__(self, module: str, says: str) -> None:
        super().__init__(f"`{module or '__init__'}`: {says}")
        self.module = module
        self.says = says


def modules_needed(folder: Path, modules: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return everything that some modules of a trusted folder import from it.

    Parameters
    ----------
    folder : Path
        The trusted folder.
    modules : sequence of str
        Such as ``"gmm.forward"``.

    Returns
    -------
    dict of str to tuple of str
        For each module, sorted by name, how it is reached: modules that import each other, from one of `modules` to
        itself. The packages that hold a module are among them, for they are imported with it.

    Raises
    ------
    UnreadableModuleError
        A module is missing or is not Python.
    """
    found: dict[str, tuple[str, ...]] = {}
    waiting: list[tuple[str, tuple[str, ...]]] = [(name, (name,)) for name in modules]
    while waiting:
        name, chain = waiting.pop(0)
        if name in found:
            continue
        found[name] = chain
        path = file_of(folder, name)
        if path is None:
            if not (folder / Path(*name.split("."))).is_dir():
                raise UnreadableModuleError(name, "there is no such module")
            # A folder without __init__.py is a package, too, and holds nothing by itself.
            continue
        try:
            tree = ast.parse(path.read_bytes(), filename=str(path))
        except (OSError, SyntaxError, ValueError) as error:
            raise UnreadableModuleError(name, f"it cannot be read: {error}") from error
        is_package = path.name == "__init__.py"
        wanted = dict.fromkeys((*_packages(name), *_imported(folder, name, tree, is_package=is_package)))
        waiting += [(one, (*chain, one)) for one in wanted]
    return dict(sorted(found.items()))


def file_of(folder: Path, module: str) -> Path | None:
    """Return the file of a module.

    Parameters
    ----------
    folder : Path
        The trusted folder.
    module : str
        Its name, relative to the folder; empty for the folder itself.

    Returns
    -------
    Path or None
        None where there is none.
    """
    place = folder.joinpath(*module.split(".")) if module else folder
    candidates = [place / "__init__.py"] if not module else [place / "__init__.py", place.with_suffix(".py")]
    return next((path for path in candidates if path.is_file()), None)


def _packages(name: str) -> Iterator[str]:
    """Yield the packages that hold a module, the trusted folder itself ("") among them."""
    while name:
        name = name.rpartition(".")[0]
        yield name


def _imported(folder: Path, name: str, tree: ast.AST, *, is_package: bool) -> Iterator[str]:
    """Yield the modules of the folder that a module imports; an absolute import leads out of the folder.

    Parameters
    ----------
    folder : Path
        The trusted folder.
    name : str
        The module's, relative to the folder.
    tree : ast.AST
        The module.
    is_package : bool
        Whether it is an ``__init__.py``.

    Yields
    ------
    str
        Names, relative to the folder.

    Raises
    ------
    UnreadableModuleError
        It imports from outside the folder.
    """
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        base = name.split(".") if name else []
        # One dot is the module's own package, which of a package is the module itself.
        up = node.level - 1 if is_package else node.level
        if up > len(base):
            raise UnreadableModuleError(name, f"line {node.lineno} imports from outside the trusted folder")
        parts = base[: len(base) - up] + (node.module.split(".") if node.module else [])
        package = ".".join(parts)
        yield package
        for alias in node.names:
            inner = ".".join((*parts, alias.name))
            if alias.name != "*" and (file_of(folder, inner) or folder.joinpath(*parts, alias.name).is_dir()):
                yield inner
