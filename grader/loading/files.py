"""Files of a student's folder as bytes: read once, capped, links and devices left alone."""

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.loading.shown_name import natural_key, shown
from grader.words import say

# Hand-written Python is far smaller; a notebook holds the pictures of its outputs.
MAX_BYTES = {".py": 2 << 20, ".ipynb": 16 << 20, ".zip": 64 << 20}
MAX_ENTRIES = 10_000
MAX_TOTAL_BYTES = 64 << 20
MAX_DEPTH = 16
_IGNORED = frozenset({"__pycache__", "__macosx", "node_modules", "site-packages"})


# Flags that Windows does not have, or (binary) that only Windows has.
_PLAIN = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that may be graded, or why it cannot be.

    Parameters
    ----------
    parts : tuple of str
        Its path within what was named.
    data : bytes
        What it holds; empty where there is a fault.
    fault : str
        Completes "answer.py …"; empty if it was read.
    ours : bool
        True where the fault is the grader's or its machine's, not the student's.
    """

    parts: tuple[str, ...]
    data: bytes = b""
    fault: str = ""
    ours: bool = False

    @property
    def suffix(self) -> str:
        """The suffix, in small letters."""
        return suffix_of(self.parts[-1])

    @property
    def shown(self) -> str:
        """The path within what was named, as people see it."""
        return shown("/".join(self.parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The files of one student.

    Parameters
    ----------
    files : tuple of File
        Those whose suffix is that of Python, a notebook or an archive; in natural order.
    skipped : tuple of str
        What was not looked at, in words.
    """

    files: tuple[File, ...]
    skipped: tuple[str, ...] = ()


def suffix_of(name: str) -> str:
    """Return ``.py``, ``.ipynb`` or ``.zip``; empty for every other kind of file."""
    _, dot, suffix = name.rpartition(".")
    suffix = dot + suffix.lower()
    return suffix if suffix in MAX_BYTES else ""


def is_ignored(name: str) -> bool:
    """Return whether a file or folder is no student's: hidden, or made by a tool."""
    return name.startswith(".") or name.casefold() in _IGNORED


def too_large(suffix: str) -> str:
    """Return why a file is not read, where it is larger than a file of its kind may be."""
    return larger_than(MAX_BYTES[suffix])


def larger_than(most: int) -> str:
    """Return why a file is not read that holds more than a number of bytes."""
    return say("file.too_large", size=say("unit.mib", size=most >> 20))


def about(name: str, problem: str) -> str:
    """Return what is wrong with a file, as a sentence.

    Parameters
    ----------
    name : str
        The file, as people see it.
    problem : str
        Completes "answer.py …".

    Returns
    -------
    str
    """
    return say("file.is", file=name, problem=problem)


def read_file(path: Path, parts: tuple[str, ...], *, follow: bool = False, limit: int | None = None) -> File:
    """Return one file, or why it cannot be read.

    Parameters
    ----------
    path : Path
        Where it is; its suffix is one of `MAX_BYTES`, unless there is a limit.
    parts : tuple of str
        What to call it.
    follow : bool
        True where a person named it, so that a link is followed.
    limit : int, optional
        The most bytes that it may hold; what files of its kind may hold if None.

    Returns
    -------
    File
    """
    # Without O_NONBLOCK a pipe of that name would never open.
    flags = os.O_RDONLY | (0 if follow else _NO_FOLLOW) | _PLAIN
    most = MAX_BYTES[suffix_of(path.name)] if limit is None else limit
    try:
        descriptor = os.open(path, flags)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor has no path
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return File(parts=parts, fault=say("file.not_plain"))
            data = file.read(most + 1)
    except OSError as error:
        return File(parts=parts, fault=unreadable(error), ours=True)
    if len(data) > most:
        return File(parts=parts, fault=larger_than(most))
    return File(parts=parts, data=data)


def unreadable(error: OSError) -> str:
    """Return why something could not be read, in words that blame no student."""
    reason = (error.strerror or type(error).__name__).lower()
    return say("file.unreadable", reason=reason)


def read_folder(folder: Path) -> Files:
    """Return the files of a student's folder and of the folders in it.

    Parameters
    ----------
    folder : Path
        Not a link.

    Returns
    -------
    Files
    """
    files: list[File] = []
    skipped: list[str] = []
    pending: list[tuple[Path, tuple[str, ...]]] = [(folder, ())]
    entries, total = 0, 0
    while pending:
        here, parts = pending.pop()
        try:
            with os.scandir(here) as scan:
                found = [entry for entry in scan if not is_ignored(entry.name)]
        except OSError as error:
            folder_name = shown("/".join(parts)) or "."
            skipped.append(say("file.folder_is", folder=folder_name, problem=unreadable(error)))
            continue
        for entry in sorted(found, key=lambda entry: natural_key((entry.name,))):
            entries += 1
            path = (*parts, entry.name)
            name = shown("/".join(path))
            if entries > MAX_ENTRIES or total > MAX_TOTAL_BYTES:
                skipped.append(say("file.folder_holds_too_much", file=name))
                return Files(files=_sorted(files), skipped=tuple(skipped))
            if entry.is_symlink():
                skipped.append(about(name, say("file.symbolic_link")))
            elif entry.is_dir(follow_symlinks=False):
                if len(path) > MAX_DEPTH:
                    skipped.append(about(name, say("file.too_deep")))
                else:
                    pending.append((Path(entry.path), path))
            elif suffix_of(entry.name):
                files.append(read_file(Path(entry.path), path))
                total += len(files[-1].data)
    return Files(files=_sorted(files), skipped=tuple(skipped))


def _sorted(files: Iterable[File]) -> tuple[File, ...]:
    return tuple(sorted(files, key=lambda file: natural_key(file.parts)))
