"""Zip archives, read in memory and never extracted; what a person cannot have meant is refused, by entry.

Sizes are counted while reading: an archive's own headers are a claim.
"""

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from grader.loading.files import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_ENTRIES,
    File,
    Files,
    is_ignored,
    larger_than,
    suffix_of,
    too_large,
)
from grader.loading.shown_name import natural_key, shown
from grader.words import say

# Every entry of an archive's directory begins with this (APPNOTE.TXT 4.3.12).
_ENTRY_SIGNATURE = b"PK\x01\x02"
_DRIVE = re.compile(r"[A-Za-z]:")
_BLOCK = 1 << 16
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What zipfile and zlib raise on bytes that are no archive, or no longer one.
_MALFORMED = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class RefusedArchiveError(Exception):
    """An archive that is not read.

    Parameters
    ----------
    says : str
        Completes "hw1.zip …"; names the entry.
    """

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


def read_archive(archive: BinaryIO, *, max_total_bytes: int) -> Files:
    """Return the Python files, notebooks and archives in an archive.

    A single folder that wraps everything is taken off.

    Parameters
    ----------
    archive : file
        Binary, seekable.
    max_total_bytes : int
        The most that is read out of it.

    Returns
    -------
    Files

    Raises
    ------
    RefusedArchiveError
        It is no archive, is encrypted or damaged, holds too much, or has an entry that is no plain file of its own
        folder.
    """
    _refuse_too_many(archive, MAX_ENTRIES)
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = _entries(opened)
            return Files(files=_unwrapped(_read(opened, entries, max_total_bytes), entries))
    except _MALFORMED as error:
        # zipfile's own words say little and may quote the archive.
        raise RefusedArchiveError(say("archive.no_archive")) from error


class ListedArchive:
    """An archive that is listed at once and read entry by entry, for a class that does not fit into memory.

    Parameters
    ----------
    path : Path
        Where it is; a link is followed.
    max_entries : int
        The most entries that it may have.

    Raises
    ------
    RefusedArchiveError
        As of `read_archive`.
    OSError
        It cannot be opened.
    """

    def __init__(self, path: Path, *, max_entries: int) -> None:
        self._path = path
        with path.open("rb") as archive:
            _refuse_too_many(archive, max_entries)
        self._opened, self._process = self._open(), os.getpid()
        with ExitStack() as unless_read:
            unless_read.callback(self._opened.close)
            self._entries = _entries(self._opened)
            unless_read.pop_all()

    @property
    def entries(self) -> tuple[tuple[str, ...], ...]:
        """The paths of its files, in natural order."""
        return tuple(sorted(self._entries, key=natural_key))

    def read(self, parts: tuple[str, ...], *, limit: int | None = None) -> File:
        """Return one entry, or why it cannot be read.

        Parameters
        ----------
        parts : tuple of str
            One of `entries`.
        limit : int, optional
            The most bytes that it may hold; what files of its kind may hold if None.

        Returns
        -------
        File
        """
        info = self._entries[parts]
        if info.compress_type not in _METHODS:
            return File(parts=parts, fault=say("archive.unusual_compression"))
        if self._process != os.getpid():
            # A process that was forked shares the position in the file with its parent.
            self._opened, self._process = self._open(), os.getpid()
        suffix = suffix_of(parts[-1])
        most = MAX_BYTES[suffix] if limit is None else limit
        try:
            data = _read_entry(self._opened, info, most)
        except _MALFORMED:
            return File(parts=parts, fault=say("archive.damaged_entry"), ours=True)
        if data is None:
            return File(parts=parts, fault=larger_than(most))
        return File(parts=parts, data=data)

    def close(self) -> None:
        """Close the archive; nothing is read of it afterwards."""
        self._opened.close()

    def _open(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self._path)
        except _MALFORMED as error:
            raise RefusedArchiveError(say("archive.no_archive")) from error


def _refuse_too_many(archive: BinaryIO, most: int) -> None:
    if _count_entries(archive) > most:
        raise RefusedArchiveError(say("archive.too_many", n=most))


def _count_entries(archive: BinaryIO) -> int:
    """Return at least the number of entries: zipfile would build every one of them before it could be asked."""
    archive.seek(0)
    count, tail = 0, b""
    while block := archive.read(1 << 20):
        count += (tail + block).count(_ENTRY_SIGNATURE)
        tail = block[-(len(_ENTRY_SIGNATURE) - 1) :]
    archive.seek(0)
    return count


def _entries(opened: zipfile.ZipFile) -> dict[tuple[str, ...], zipfile.ZipInfo]:
    """Return the files by their path, after refusing what cannot be meant."""
    files: dict[tuple[str, ...], zipfile.ZipInfo] = {}
    seen: set[str] = set()
    for info in opened.infolist():
        fault = _fault(info)
        if not fault and info.filename.rstrip("/") in seen:
            fault = say("archive.entry.twice")
        if fault:
            raise RefusedArchiveError(say("archive.refused", entry=shown(info.orig_filename), fault=fault))
        seen.add(info.filename.rstrip("/"))
        parts = tuple(info.filename.split("/"))
        if not info.is_dir() and not any(is_ignored(part) for part in parts):
            files[parts] = info
    return files


def _fault(info: zipfile.ZipInfo) -> str:
    name = info.orig_filename
    parts = name.removesuffix("/").split("/")
    mode = info.external_attr >> 16
    faults = (
        ("nul", "\0" in name),
        ("backslashes", "\\" in name),
        ("absolute", name.startswith("/") or bool(_DRIVE.match(name))),
        ("leads_out", ".." in parts),
        ("doubtful", "" in parts or "." in parts),
        ("too_deep", len(parts) > MAX_DEPTH),
        ("link", stat.S_ISLNK(mode)),
        ("not_plain", bool(stat.S_IFMT(mode)) and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))),
        ("encrypted", bool(info.flag_bits & _ENCRYPTED)),
    )
    return next((say(f"archive.entry.{key}") for key, holds in faults if holds), "")


def _read(opened: zipfile.ZipFile, entries: dict[tuple[str, ...], zipfile.ZipInfo], max_total_bytes: int) -> list[File]:
    files: list[File] = []
    left = max_total_bytes
    for parts, info in entries.items():
        suffix = suffix_of(parts[-1])
        if not suffix:
            continue
        if info.compress_type not in _METHODS:
            fault = say("archive.unusual_compression")
            raise RefusedArchiveError(say("archive.refused", entry=shown(info.filename), fault=fault))
        limit = min(MAX_BYTES[suffix], left)
        data = _read_entry(opened, info, limit)
        if data is None and limit == left:
            size = say("unit.mib", size=max_total_bytes >> 20)
            raise RefusedArchiveError(say("archive.holds_too_much", size=size, entry=shown(info.filename)))
        files.append(File(parts=parts, fault=too_large(suffix)) if data is None else File(parts=parts, data=data))
        left -= limit if data is None else len(data)
    return files


def _read_entry(opened: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes | None:
    """Return what an entry holds; None where that is more than the limit."""
    blocks: list[bytes] = []
    size = 0
    with opened.open(info) as entry:
        while block := entry.read(_BLOCK):
            size += len(block)
            if size > limit:
                return None
            blocks.append(block)
    return b"".join(blocks)


def _unwrapped(files: Iterable[File], entries: Iterable[tuple[str, ...]]) -> tuple[File, ...]:
    tops = {parts[0] if len(parts) > 1 else "" for parts in entries}
    strip = 1 if len(tops) == 1 and "" not in tops else 0
    stripped = [File(parts=file.parts[strip:], data=file.data, fault=file.fault) for file in files]
    return tuple(sorted(stripped, key=lambda file: natural_key(file.parts)))
