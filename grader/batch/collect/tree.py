"""A download as it lies on the disk: the names in it, listed once, and each file's bytes when they are asked for."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grader.batch.collect.codes import CollectCode, fault
from grader.loading.archive import ListedArchive, RefusedArchiveError
from grader.loading.files import MAX_DEPTH, File, is_ignored, read_file, suffix_of, unreadable
from grader.loading.shown_name import natural_key

Parts = tuple[str, ...]

# Four files each of 100,000 students; a listing of that many names stays below a few hundred MB.
MAX_CLASS_ENTRIES = 400_000
# What Windows leaves beside files, as macOS leaves hidden ones.
_LEFT_BY_SYSTEMS = frozenset({"thumbs.db", "desktop.ini"})


def _is_nobodys(name: str) -> bool:
    return is_ignored(name) or name.casefold() in _LEFT_BY_SYSTEMS


class Tree(Protocol):
    """Files by their paths, and their bytes one at a time."""

    @property
    def files(self) -> tuple[Parts, ...]:
        """Paths of plain files and of links, in natural order."""

    @property
    def links(self) -> frozenset[Parts]:
        """Those of `files` that are symbolic links; they are never followed."""

    @property
    def closed(self) -> frozenset[Parts]:
        """Those of `files` that stand for a folder that is not looked into; reading one says why.

        Each ends with an empty part, so that it lies where a file of that folder would.
        """

    @property
    def repositories(self) -> frozenset[Parts]:
        """Folders that are clones of a repository."""

    def read(self, parts: Parts, *, limit: int | None = None) -> File:
        """Return one file; `limit` is the most bytes it may hold, what its kind may hold if None."""


class FolderTree:
    """A folder.

    Parameters
    ----------
    root : Path
        The folder.
    shown : str
        As the user named it.

    Raises
    ------
    DiagnosedError
        The folder cannot be read or holds too much. A folder in it that cannot be read is its student's matter alone.
    """

    def __init__(self, root: Path, shown: str) -> None:
        self._root = root
        files: list[Parts] = []
        links: set[Parts] = set()
        closed: dict[Parts, File] = {}
        repositories: set[Parts] = set()
        pending: list[Parts] = [()]
        while pending:
            here = pending.pop()
            try:
                with os.scandir(root.joinpath(*here)) as scan:
                    entries = list(scan)
            except OSError as error:
                if here:
                    closed[*here, ""] = File(parts=here, fault=unreadable(error), ours=True)
                    continue
                says = f"the folder cannot be read: {error.strerror}"
                raise fault(CollectCode.UNREADABLE, says, shown, "check its permissions") from error
            if any(entry.name == ".git" for entry in entries):
                repositories.add(here)
            for entry in entries:
                if _is_nobodys(entry.name):
                    continue
                parts = (*here, entry.name)
                if entry.is_symlink():
                    links.add(parts)
                    files.append(parts)
                elif entry.is_dir(follow_symlinks=False):
                    if len(parts) <= MAX_DEPTH:
                        pending.append(parts)
                    else:
                        closed[*parts, ""] = File(parts=parts, fault="lies too deep to be looked into")
                else:
                    files.append(parts)
            if len(files) + len(closed) > MAX_CLASS_ENTRIES:
                raise fault(CollectCode.TOO_MUCH, f"the folder holds more than {MAX_CLASS_ENTRIES} files", shown)
        self.files: tuple[Parts, ...] = tuple(sorted((*files, *closed), key=natural_key))
        self.links = frozenset(links)
        self.closed = frozenset(closed)
        self._closed = closed
        self.repositories = frozenset(repositories)

    def read(self, parts: Parts, *, limit: int | None = None) -> File:
        """Return one file, or why it cannot be read."""
        path = self._root.joinpath(*parts)
        if parts in self.links:
            return File(parts=parts, fault="is a symbolic link, which is not followed")
        return self._closed.get(parts) or read_file(path, parts, limit=limit)


class ArchiveTree:
    """A zip archive.

    Parameters
    ----------
    path : Path
        The archive.
    shown : str
        As the user named it.

    Raises
    ------
    DiagnosedError
        It is refused, or cannot be read.
    """

    def __init__(self, path: Path, shown: str) -> None:
        try:
            self._archive = ListedArchive(path, max_entries=MAX_CLASS_ENTRIES)
        except RefusedArchiveError as error:
            help_ = "where a student has named a file so, unpack the archive and name the folder"
            raise fault(CollectCode.REFUSED_ARCHIVE, f"the archive {error.says}", shown, help_) from error
        except OSError as error:
            raise fault(CollectCode.UNREADABLE, f"the archive {unreadable(error)}", shown) from error
        self.files: tuple[Parts, ...] = tuple(p for p in self._archive.entries if p[-1].casefold() != "thumbs.db")
        self.links: frozenset[Parts] = frozenset()
        self.closed: frozenset[Parts] = frozenset()
        self.repositories: frozenset[Parts] = frozenset()

    def read(self, parts: Parts, *, limit: int | None = None) -> File:
        """Return one file, or why it cannot be read."""
        return self._archive.read(parts, limit=limit)


def tree_at(path: Path, shown: str) -> Tree:
    """Return what stands at a path, listed.

    Parameters
    ----------
    path : Path
        A folder or a zip archive.
    shown : str
        As the user named it.

    Returns
    -------
    Tree

    Raises
    ------
    DiagnosedError
        Nothing stands there, or nothing that is a class.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        # ValueError: a NUL character, which no path has.
        says = "there is no such file or folder"
        raise fault(CollectCode.NO_SUCH_PATH, says, shown, "check the spelling") from error
    except OSError as error:
        says = f"the path cannot be read: {error.strerror}"
        raise fault(CollectCode.UNREADABLE, says, shown) from error
    if stat.S_ISDIR(mode):
        return FolderTree(path, shown)
    if stat.S_ISREG(mode) and suffix_of(path.name) == ".zip":
        return ArchiveTree(path, shown)
    help_ = "name the folder or the .zip that was downloaded; `grader grade` takes a single submission"
    raise fault(CollectCode.NOT_A_CLASS, "this is neither a folder nor a .zip archive", shown, help_)


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A folder of the download as the place where a course system began.

    Parameters
    ----------
    names : tuple of str
        The folders around it, outermost first, beginning with the name of what was collected.
    at : tuple of str
        Its path in the download.
    files : tuple
        The paths of the files in it, relative to it.
    """

    names: tuple[str, ...]
    at: Parts
    files: tuple[Parts, ...]

    @property
    def tops(self) -> dict[str, list[Parts]]:
        """Files by their first part, in order."""
        tops: dict[str, list[Parts]] = {}
        for parts in self.files:
            tops.setdefault(parts[0], []).append(parts)
        return tops

    def whole(self, parts: Parts) -> Parts:
        """Return a path relative to this folder as one of the download."""
        return (*self.at, *parts)


def bases(tree: Tree, name: str, *, archive: bool) -> tuple[Base, ...]:
    """Return where a course system may have begun: the download itself, and the single folder that wraps it.

    Parameters
    ----------
    tree : Tree
        The download.
    name : str
        What the folder is called, or the archive without its suffix.
    archive : bool
        True where it is one: whoever packs a folder wraps everything in it.

    Returns
    -------
    tuple of Base
        The innermost first.
    """
    outer = Base(names=(name,), at=(), files=tree.files)
    tops = {parts[0] if len(parts) > 1 else "" for parts in tree.files}
    if len(tops) != 1 or "" in tops:
        return (outer,)
    top = tops.pop()
    inner = Base(names=(name, top), at=(top,), files=tuple(parts[1:] for parts in tree.files))
    # A folder in a folder may as well be the one student of a class; then what it holds are no folders.
    wraps = archive or any(len(parts) > 1 for parts in inner.files)
    return (inner, outer) if wraps else (outer, inner)
