"""Writing a file whole or not at all."""

import os
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path


def write_whole(path: Path | str, data: bytes) -> None:
    """Write a file so that nobody ever sees half of it.

    Parameters
    ----------
    path : Path or str
        Replaced where it is there.
    data : bytes
        What it shall hold.

    Raises
    ------
    OSError
        The folder is missing or may not be written to, or the disk is full; then `path` is as it was.
    """
    # Functions of `os`: a class has three such files for each student. A Path takes as long as the file, and lets
    # Python keep its name for ever.
    folder, name = os.path.split(path)
    handle, name = tempfile.mkstemp(dir=folder or ".", prefix=f".{name}.")
    with ExitStack() as unless_put:
        unless_put.callback(_remove, name)
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(handle, left) :]
        finally:
            os.close(handle)
        _put(name, path)
        unless_put.pop_all()


def write_whole_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file so that nobody ever sees half of it, without holding all of it in memory.

    Parameters
    ----------
    path : Path
        Replaced where it is there.
    pieces : iterable of bytes
        What it shall hold, in order. What it raises leaves `path` as it was.

    Raises
    ------
    OSError
        The folder is missing or may not be written to, or the disk is full; then `path` is as it was.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with ExitStack() as unless_put:
        unless_put.callback(_remove, name)
        with os.fdopen(handle, "wb") as file:
            file.writelines(pieces)
        _put(name, path)
        unless_put.pop_all()


def _remove(name: str) -> None:
    Path(name).unlink(missing_ok=True)


def _put(name: str, path: Path | str) -> None:
    # mkstemp makes files that only their owner may read.
    os.chmod(name, 0o644)  # noqa: PTH101 - a Path lets Python keep each name for ever
    os.replace(name, path)  # noqa: PTH105 - likewise
