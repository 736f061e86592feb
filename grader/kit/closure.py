"""Which files a forward model needs, found by reading its imports, and whether an answer stands in one of them."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader.kit.layout import KitCode
from grader.model.diagnostic import DiagnosedError, Diagnostic


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
    DiagnosedError
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
                raise _unreadable(folder, name, "there is no such module")
            # A folder without __init__.py is a package, too, and holds nothing by itself.
            continue
        try:
            tree = ast.parse(path.read_bytes(), filename=str(path))
        except (OSError, SyntaxError, ValueError) as error:
            raise _unreadable(folder, name, f"it cannot be read: {error}") from error
        is_package = path.name == "__init__.py"
        imported = dict.fromkeys((*_packages(name), *_imported(folder, name, tree, is_package=is_package)))
        waiting += [(one, (*chain, one)) for one in imported]
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


def refuse_answers(needed: Mapping[str, tuple[str, ...]], answers: Mapping[str, str], rubric: str) -> None:
    """Refuse a forward model that cannot be handed out without an answer.

    Parameters
    ----------
    needed : mapping of str to tuple of str
        From `modules_needed`.
    answers : mapping of str to str
        By module, what of the rubric stands in it: ``"the reference of grad_mu"``.
    rubric : str
        The rubric as the user named it.

    Raises
    ------
    DiagnosedError
        With each module that is needed and holds an answer.
    """
    faults = []
    for module, chain in needed.items():
        if module in answers:
            way = " imports ".join(f"`{name}`" for name in chain)
            faults.append(
                Diagnostic(
                    code=KitCode.FORWARD_HOLDS_ANSWERS.value,
                    says=f"the forward model cannot be handed out: `{module}` holds {answers[module]}",
                    path=rubric,
                    label=way if len(chain) > 1 else "",
                    help=f"keep forward models in modules of their own ({way}), or hide the check that needs it"
                    if len(chain) > 1
                    else "move the forward model to a module of its own, or hide the check that needs it",
                )
            )
    if faults:
        raise DiagnosedError(tuple(faults))


def _packages(name: str) -> Iterator[str]:
    """Yield the packages that hold a module, the trusted folder itself ("") among them."""
    while name:
        name = name.rpartition(".")[0]
        yield name


def _imported(folder: Path, name: str, tree: ast.AST, *, is_package: bool) -> Iterator[str]:
    """Yield the modules of the folder that a module imports; an absolute import leads out of the folder."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        base = name.split(".") if name else []
        # One dot is the module's own package, which of a package is the module itself.
        up = node.level - 1 if is_package else node.level
        if up > len(base):
            raise _unreadable(folder, name, f"line {node.lineno} imports from outside the trusted folder")
        parts = base[: len(base) - up] + (node.module.split(".") if node.module else [])
        package = ".".join(parts)
        yield package
        for alias in node.names:
            inner = ".".join((*parts, alias.name))
            if alias.name != "*" and (file_of(folder, inner) or folder.joinpath(*parts, alias.name).is_dir()):
                yield inner


def _unreadable(folder: Path, module: str, says: str) -> DiagnosedError:
    shown = module or "__init__"
    return DiagnosedError(
        (
            Diagnostic(
                code=KitCode.FORWARD_UNREADABLE.value,
                says=f"the forward model needs `{shown}` of {folder.name}/: {says}",
                path=folder.name,
                help="forward models import modules of their own folder by relative imports, packages by name",
            ),
        )
    )
