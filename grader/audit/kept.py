"""What earlier audits have found, by what it rests on: a folder of small files in the user's cache."""

import contextlib
import hashlib
import importlib.util
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np

_KEPT_S = 30 * 24 * 3600.0
"""A file that nobody has asked for in so long is removed."""


def cache_folder() -> Path:
    """Return where this user's programs keep what they can work out again.

    Returns
    -------
    Path
        Not made yet.
    """
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "grader" / "audit"


def digest(parts: Iterable[str]) -> str:
    """Return the name of something that rests on some texts.

    Parameters
    ----------
    parts : iterable of str
        Everything that it rests on, in order.

    Returns
    -------
    str
        Hexadecimal.
    """
    found = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        found.update(len(data).to_bytes(8, "little") + data)
    return found.hexdigest()


@lru_cache(maxsize=1)
def program() -> str:
    """Return the digest of what computes: the grader, Python, numpy, the machine, python-flint.

    Returns
    -------
    str
        Hexadecimal.
    """
    enclosures = importlib.util.find_spec("flint") is not None
    found = hashlib.sha256(f"{sys.version}\0{np.__version__}\0{platform.machine()}\0{enclosures}".encode())
    package = Path(__file__).resolve().parent.parent
    for path in sorted(package.rglob("*.py")):
        found.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


class Kept:
    """A folder of texts, each under the digest of what it rests on.

    Parameters
    ----------
    folder : Path or None
        Made when something is kept; None: nothing is kept and nothing is known.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def get(self, key: str) -> object | None:
        """Return what was kept.

        Parameters
        ----------
        key : str
            From `digest`.

        Returns
        -------
        object or None
            What JSON can say; None where nothing is known, or the file cannot be read.
        """
        if self._folder is None:
            return None
        path = self._path(self._folder, key)
        try:
            found: object = json.loads(path.read_bytes())
            if time.time() - path.stat().st_mtime > _KEPT_S / 2:
                os.utime(path)
        except (OSError, ValueError):
            return None
        return found

    def put(self, key: str, value: object) -> None:
        """Keep something.

        Parameters
        ----------
        key : str
            From `digest`.
        value : object
            What JSON can say. A folder that cannot be written keeps nothing: it can be worked out again.
        """
        if self._folder is None:
            return
        path = self._path(self._folder, key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(value, file)
            Path(name).replace(path)

    def sweep(self) -> None:
        """Remove what nobody has asked for in a month."""
        if self._folder is None:
            return
        oldest = time.time() - _KEPT_S
        with contextlib.suppress(OSError):
            for path in self._folder.glob("*/*"):
                if path.stat().st_mtime < oldest:
                    path.unlink()

    @staticmethod
    def _path(folder: Path, key: str) -> Path:
        return folder / key[:2] / key[2:]
