"""What a submission can import: the standard library, the assignment's packages, its own other files from memory."""

import importlib
from collections.abc import Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location, spec_from_loader
from types import CodeType, ModuleType

PRELOADED = (
    "abc", "argparse", "array", "ast", "atexit", "base64", "binascii", "bisect", "bz2", "calendar", "cmath", "codecs",
    "collections", "collections.abc", "colorsys", "concurrent.futures", "concurrent.futures.thread", "contextlib",
    "copy", "copyreg", "csv", "ctypes", "dataclasses", "datetime", "decimal", "difflib", "dis", "doctest", "enum",
    "errno", "fnmatch", "fractions", "functools", "gc", "getpass", "glob", "graphlib", "gzip", "hashlib", "heapq",
    "hmac", "html", "inspect", "io", "itertools", "json", "keyword", "linecache", "locale", "logging", "lzma", "math",
    "numbers", "opcode", "operator", "os", "pathlib", "pickle", "platform", "pprint", "queue", "random", "re",
    "reprlib", "secrets", "select", "selectors", "shutil", "signal", "socket", "stat", "statistics", "string",
    "stringprep", "struct", "subprocess", "tempfile", "textwrap", "threading", "time", "timeit", "token", "tokenize",
    "traceback", "types", "typing", "unicodedata", "unittest", "unittest.mock", "uuid", "warnings", "weakref",
    "zipfile", "zlib",
)  # fmt: skip
"""Imported before a submission starts: the usual ones cost it no time, those that need a system library are there."""
PRELOADED_WITH = {
    "numpy": ("numpy.linalg", "numpy.random", "numpy.fft", "numpy.polynomial", "numpy.ma"),
    "scipy": (
        "scipy.linalg", "scipy.special", "scipy.optimize", "scipy.stats", "scipy.integrate", "scipy.interpolate",
        "scipy.sparse", "scipy.sparse.linalg", "scipy.signal", "scipy.fft", "scipy.spatial", "scipy.ndimage",
    ),
}  # fmt: skip
"""Parts of packages that are used often and loaded lazily."""


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
    sources : mapping of str to (str, str)
        Module name to the name that a traceback shows and the source.
    """

    def __init__(self, sources: Mapping[str, tuple[str, str]]) -> None:
        self._sources = dict(sources)
        parents = {name.rpartition(".")[0] for name in sources}
        # A folder of a student's files need not hold an __init__.py.
        for parent in sorted(parents - {""}):
            for depth in range(1, parent.count(".") + 2):
                self._sources.setdefault(".".join(parent.split(".")[:depth]), (f"{parent}/", ""))

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how one of the modules is loaded, or None."""
        del path, target
        if fullname not in self._sources:
            return None
        is_package = any(name.startswith(fullname + ".") for name in self._sources)
        return spec_from_loader(fullname, self, origin=self._sources[fullname][0], is_package=is_package)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's source."""
        label, source = self._sources[module.__name__]
        module.__file__ = label
        exec(code_from_source(source, label), module.__dict__)  # noqa: S102 - a submission is run here, and only here

    def get_source(self, fullname: str) -> str:
        """Return a module's source, as tracebacks ask for it."""
        return self._sources[fullname][1]


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


def preload(packages: Sequence[str]) -> None:
    """Import what submissions use often.

    Parameters
    ----------
    packages : sequence of str
        Those that the rubric lists.

    Raises
    ------
    ImportError
        If a listed package cannot be imported.
    """
    for name in PRELOADED:
        try:
            importlib.import_module(name)
        except ImportError:
            # Parts of the standard library are missing from some builds and systems; then a submission lacks them too.
            continue
    for package in ("numpy", *packages):
        for name in (package, *PRELOADED_WITH.get(package, ())):
            importlib.import_module(name)
