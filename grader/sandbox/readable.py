"""Which files a submission can import from: the standard library and the assignment's packages, nothing hidden."""

import importlib.util
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox.errors import SandboxUnavailableError

_REQUIREMENT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NEVER = frozenset({"site-packages", "dist-packages", "test", "idlelib", "turtledemo", "ensurepip", "__pycache__"})
"""Folders inside the standard library's that a submission has no use for, or that hold other people's packages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Importable:
    """What a submission may import, and where it lies.

    Parameters
    ----------
    packages : tuple of str
        The packages that the rubric lists.
    places : dict of str to str
        Top-level module to the file that is loaded for it: the listed packages, and what they require.
    package_paths : tuple of Path
        Files and folders of the packages; absolute, links resolved, as all paths here.
    """

    packages: tuple[str, ...]
    places: dict[str, str]
    package_paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable(Importable):
    """What a submission may import, and all that it may read for that.

    Parameters
    ----------
    library : tuple of Path
        The standard library's folders.
    library_entries : tuple of Path
        What of these folders may be read: not the packages that are installed inside of them.
    """

    library: tuple[Path, ...]
    library_entries: tuple[Path, ...]


def importable_packages(packages: tuple[str, ...], *, forbidden: Iterable[Path] = ()) -> Importable:
    """Return what a submission may import.

    Parameters
    ----------
    packages : tuple of str
        Import names that the rubric lists; numpy is always there, for it carries the arguments.
    forbidden : iterable of Path
        What must stay hidden: the rubric, its trusted folder, submissions.

    Returns
    -------
    Importable
        Checked: nothing of it contains anything forbidden.

    Raises
    ------
    SandboxUnavailableError
        If a package is not installed, or contains something forbidden.
    """
    places: dict[str, str] = {}
    paths: list[Path] = []
    for name in _with_requirements(("numpy", *packages)):
        origin, files = _located(name)
        if origin:
            places[name] = origin
            paths += files
        elif name in packages or name == "numpy":
            raise SandboxUnavailableError(
                f"the package `{name}`, which the rubric lists, is not installed here",
                help=f"install `{name}` beside the grader, or take it off the rubric's `packages`",
            )
    hidden = _hidden(forbidden)
    for path in paths:
        for secret in hidden:
            if secret == path or path in secret.parents:
                raise SandboxUnavailableError(
                    f"submissions would be able to read {secret}: it lies inside the allowed package at {path}",
                    help=f"move {secret.name} to a folder outside of {path}",
                )
    return Importable(packages=packages, places=places, package_paths=tuple(dict.fromkeys(paths)))


def readable_files(packages: tuple[str, ...], *, forbidden: Iterable[Path]) -> Readable:
    """Return what a submission may import and read.

    Parameters
    ----------
    packages, forbidden
        As `importable_packages` takes them.

    Returns
    -------
    Readable
        Checked, as there.

    Raises
    ------
    SandboxUnavailableError
        As `importable_packages`.
    """
    forbidden = tuple(forbidden)
    found = importable_packages(packages, forbidden=forbidden)
    hidden = _hidden(forbidden)
    library = _standard_library()
    # Something hidden inside the standard library's folder (a rubric beside site-packages) is left out, not refused.
    entries = [
        entry
        for folder in library
        for entry in _entries(folder)
        if not any(secret == entry or entry in secret.parents for secret in hidden)
    ]
    return Readable(
        packages=found.packages,
        places=found.places,
        package_paths=found.package_paths,
        library=library,
        library_entries=tuple(dict.fromkeys(entries)),
    )


def _hidden(forbidden: Iterable[Path]) -> list[Path]:
    return [Path(__file__).resolve().parents[1], *(Path(path).resolve() for path in forbidden)]


def _entries(folder: Path) -> Iterator[Path]:
    """Yield what of a folder, whose own links are resolved, may be read, with links resolved."""
    with os.scandir(folder) as found:
        for entry in sorted(found, key=lambda entry: entry.name):
            if entry.name not in _NEVER:
                # Asking the system about each of some hundred names takes as long as starting an interpreter.
                yield Path(entry.path).resolve() if entry.is_symlink() else Path(entry.path)


def _standard_library() -> tuple[Path, ...]:
    import sysconfig  # noqa: PLC0415 - a plain process starts without it

    paths = sysconfig.get_paths()
    folders = {Path(paths[key]).resolve() for key in ("stdlib", "platstdlib")}
    # Where extension modules lie beside the standard library's own folder, as on Windows.
    folders |= {Path(entry).resolve() for entry in sys.path if Path(entry).name in {"lib-dynload", "DLLs"}}
    return tuple(sorted(folder for folder in folders if folder.is_dir()))


def _located(name: str) -> tuple[str, list[Path]]:
    """Return the file that is loaded for a top-level module, and what belongs to it; empty if it is not installed."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        spec = None
    if spec is None or spec.origin is None or not Path(spec.origin).is_file():
        return "", []
    origin = Path(spec.origin).resolve()
    folders = [Path(folder) for folder in spec.submodule_search_locations or ()]
    if not folders:
        return os.fspath(origin), [origin]
    # Wheels put the libraries that they bring into a folder beside the package (auditwheel, delvewheel).
    beside = [folder.with_name(f"{name}.libs") for folder in folders]
    return os.fspath(origin), [folder.resolve() for folder in (*folders, *beside) if folder.is_dir()]


def _with_requirements(names: tuple[str, ...]) -> list[str]:
    """Return import names with those of everything that they require, each once."""
    if set(names) == {"numpy"}:
        # It requires nothing, and reading every distribution's metadata takes longer than starting a process.
        return ["numpy"]
    import importlib.metadata  # noqa: PLC0415 - takes longer than all that comes before it, and is rarely needed

    modules_of: dict[str, list[str]] = {}
    distribution_of = importlib.metadata.packages_distributions()
    for module, distributions in distribution_of.items():
        for distribution in distributions:
            modules_of.setdefault(_normal(distribution), []).append(module)
    found: list[str] = []
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name in found or not name.isidentifier():
            continue
        found.append(name)
        for distribution in distribution_of.get(name, ()):
            waiting += modules_of[_normal(distribution)]
            for requirement in importlib.metadata.requires(distribution) or ():
                match = _REQUIREMENT_NAME.match(requirement)
                if match and "extra ==" not in requirement:
                    waiting += modules_of.get(_normal(match.group()), ())
    return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
