"""What a submission can import: the standard library, the assignment's packages, its own other files from memory."""

import contextlib
import gc
import importlib
import importlib.util
import os
import sys
import zlib
from collections.abc import Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location, spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType

PRELOADED = (
    "abc", "array", "ast", "bisect", "bz2", "cmath", "collections", "collections.abc",
    "contextlib", "copy", "csv", "ctypes", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "gc",
    "hashlib", "heapq", "inspect", "io", "itertools", "json", "linecache", "lzma", "math", "numbers",
    "operator", "os", "pathlib", "pickle", "pprint", "pyexpat", "queue", "random", "re", "resource", "secrets",
    "select", "signal", "socket", "statistics", "string", "struct", "textwrap", "threading", "time", "timeit",
    "traceback", "types", "typing", "warnings", "weakref", "zlib",
)  # fmt: skip
"""Imported before a submission starts: the usual ones, and those in C that need a library of the system.

More would cost every submission time: a fork copies the tables of all the memory that is in use.
"""
PRELOADED_WITH = {
    "numpy": ("numpy.linalg", "numpy.random", "numpy.fft"),
    "scipy": (
        "scipy.linalg", "scipy.special", "scipy.optimize", "scipy.stats", "scipy.integrate", "scipy.interpolate",
        "scipy.sparse", "scipy.sparse.linalg", "scipy.signal", "scipy.fft", "scipy.spatial", "scipy.ndimage",
    ),
}  # fmt: skip
"""Parts of packages that are used often and loaded lazily."""
NOT_KEPT = ("test", "tests", "idlelib", "turtledemo", "ensurepip", "lib2to3", "pydoc_data", "tkinter", "__pycache__")
"""Folders of the standard library and of packages that no submission needs."""


class ListedPackages(MetaPathFinder):
    """Finds the assignment's packages, each at its own place, so that no folder of other packages is on ``sys.path``.

    Parameters
    ----------
    places : mapping of str to str
        Top-level module name to the file that is loaded for it.
    """

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = dict(places)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how a listed package is loaded, or None."""
        del path, target
        origin = self._places.get(fullname)
        return None if origin is None else spec_from_file_location(fullname, origin)


class FromMemory(MetaPathFinder, Loader):
    """Imports modules whose source is at hand, so that no file that a student can write is ever opened.

    Parameters
    ----------
    sources : mapping of str to (str, bytes)
        Module name to the name that a traceback shows and the source, packed by `packed`.
    """

    def __init__(self, sources: Mapping[str, tuple[str, bytes]]) -> None:
        self._sources = dict(sources)
        self._packages = set()
        for name in sources:
            while name := name.rpartition(".")[0]:
                self._packages.add(name)
                # A folder of a student's files need not hold an __init__.py.
                self._sources.setdefault(name, (f"{name}/", packed("")))

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how one of the modules is loaded, or None."""
        del path, target
        if fullname not in self._sources:
            return None
        origin, is_package = self._sources[fullname][0], fullname in self._packages
        return spec_from_loader(fullname, self, origin=origin, is_package=is_package)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's source."""
        label = module.__file__ = self._sources[module.__name__][0]
        source = self.get_source(module.__name__)
        exec(code_from_source(source, label), module.__dict__)  # noqa: S102 - a submission is run here, and only here

    def get_source(self, fullname: str) -> str:
        """Return a module's source, as tracebacks ask for it."""
        return zlib.decompress(self._sources[fullname][1]).decode("utf-8", "surrogatepass")


def packed(source: str) -> bytes:
    """Return a source as it is kept in memory: every page that is in use costs every fork time."""
    return zlib.compress(source.encode("utf-8", "surrogatepass"), 1)


def code_from_source(source: str, label: str) -> CodeType:
    """Compile a piece of source.

    Parameters
    ----------
    source : str
        Python source.
    label : str
        What a traceback names.

    Returns
    -------
    code
        Without any ``from __future__`` of ours.
    """
    return compile(source, label, "exec", dont_inherit=True)


def preload(packages: Sequence[str], *, library: Sequence[str] = PRELOADED) -> None:
    """Import what submissions use often.

    Parameters
    ----------
    packages : sequence of str
        Those that the rubric lists.
    library : sequence of str
        Modules of the standard library.

    Raises
    ------
    ImportError
        If a listed package cannot be imported.
    """
    # Nothing of what is imported becomes garbage: looking for some takes a tenth of the time.
    gc.disable()
    for name in library:
        try:
            importlib.import_module(name)
        except ImportError:
            # Parts of the standard library are missing from some builds and systems; then a submission lacks them too.
            continue
    for package in ("numpy", *packages):
        for name in (package, *PRELOADED_WITH.get(package, ())):
            importlib.import_module(name)
    gc.enable()


def settle_path() -> None:
    """Leave only the standard library's folders on ``sys.path``, by their real names and with their contents known.

    A folder's listing is kept as long as its time of change stays: later, when folders can no longer be listed,
    modules in them are found all the same.
    """
    folders = [os.path.realpath(entry) for entry in sys.path]
    sys.path[:] = list(dict.fromkeys(folder for folder in folders if Path(folder).is_dir()))
    importlib.util.find_spec("a name that no module has")


def keep_in_memory(library: Sequence[str], packages: Sequence[str]) -> None:
    """Make the standard library and packages importable where no file can be opened.

    Parameters
    ----------
    library : sequence of str
        The standard library's folders. Modules in Python are kept as source; those in C are imported now.
    packages : sequence of str
        Packages that have been imported; their other modules in Python are kept as source.
    """
    for extension in sorted(path for folder in library for path in Path(folder).glob("*.so")):
        name = extension.name.partition(".")[0]
        if not name.startswith(("_test", "_xx", "xx", "_ctypes_test", "_tkinter")):
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
    sources: dict[str, tuple[str, bytes]] = {}
    for folder in library:
        sources |= _sources_below(Path(folder), prefix="")
    for package in packages:
        for folder in getattr(sys.modules[package], "__path__", ()):
            sources |= _sources_below(Path(folder), prefix=f"{package}.")
    sys.meta_path.append(FromMemory({name: source for name, source in sources.items() if name not in sys.modules}))


def _sources_below(folder: Path, *, prefix: str) -> dict[str, tuple[str, bytes]]:
    sources: dict[str, tuple[str, bytes]] = {}
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name.isidentifier() and name not in NOT_KEPT]
        parts = Path(root).relative_to(folder).parts
        for file in files:
            stem, dot, ending = file.rpartition(".")
            if dot and ending == "py" and stem.isidentifier():
                name = prefix + ".".join(parts if stem == "__init__" else (*parts, stem))
                path = Path(root, file)
                # The few sources that are not UTF-8 are tests of other encodings.
                sources[name] = (str(path), packed(path.read_text(encoding="utf-8", errors="replace")))
    return sources
