"""The files of a bundle: those of the assignment where they stand to each other, and the archive of them all."""

import io
import os
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.bundle.codes import BundleCode
from grader.bundle.wheel import ZIP_EPOCH
from grader.loading.rubric import Rubric
from grader.model.diagnostic import DiagnosedError, Diagnostic

# Gradescope takes archives of up to 100 MB; what decides an answer is far below this.
_MOST_TRUSTED_BYTES = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of a bundle.

    Parameters
    ----------
    data : bytes
        What it holds.
    executable : bool
        Whether a platform runs it.
    """

    data: bytes
    executable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentFiles:
    """Rubric and trusted folder as they lie in a bundle.

    Parameters
    ----------
    rubric : str
        The rubric's path among `files`.
    files : mapping of str to Entry
        By path, sorted.
    """

    rubric: str
    files: Mapping[str, Entry]


def assignment_files(rubric: Rubric) -> AssignmentFiles:
    """Return the rubric, its trusted folder and its file of messages, each where it stands to the others.

    Parameters
    ----------
    rubric : Rubric
        A sound one; its bytes are kept, so that its digest is.

    Returns
    -------
    AssignmentFiles

    Raises
    ------
    DiagnosedError
        A file cannot be read, or the folder is larger than any platform takes.
    """
    home, trusted = Path(os.path.realpath(rubric.path.parent)), rubric.trusted
    words = [Path(os.path.realpath(rubric.words))] if rubric.words.endswith(".toml") else []
    try:
        base = Path(os.path.commonpath([home, trusted, *(path.parent for path in words)]))
    except ValueError as error:
        says = "the rubric and its trusted folder lie on different drives, and cannot be packed together"
        raise _fault(BundleCode.NO_COMMON_FOLDER, says, rubric.shown) from error
    name = (home.relative_to(base) / rubric.path.name).as_posix()
    files = {name: Entry(data=rubric.source)}
    total = 0
    for path in (*_files(trusted), *words):
        try:
            data = path.read_bytes()
        except OSError as error:
            says = f"a file of the trusted folder cannot be read: {error.strerror or error}"
            raise _fault(BundleCode.UNREADABLE, says, str(path)) from error
        total += len(data)
        if total > _MOST_TRUSTED_BYTES:
            says = f"the trusted folder holds more than {_MOST_TRUSTED_BYTES >> 20} MiB"
            raise _fault(BundleCode.TOO_LARGE, says, str(trusted), "keep only what the rubric needs in it")
        files[path.relative_to(base).as_posix()] = Entry(data=data)
    return AssignmentFiles(rubric=name, files=dict(sorted(files.items())))


def _files(folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__" and not name.startswith("."))
        yield from (Path(here) / name for name in sorted(names) if not name.startswith("."))


def _fault(code: BundleCode, says: str, path: str, help_: str = "") -> DiagnosedError:
    return DiagnosedError((Diagnostic(code=code.value, says=says, path=path, help=help_),))


def below(folder: str, files: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return files in a folder.

    Parameters
    ----------
    folder : str
        Its path.
    files : mapping of str to Entry
        By path within it.

    Returns
    -------
    dict of str to Entry
    """
    return {str(PurePosixPath(folder) / path): entry for path, entry in files.items()}


def zipped(files: Mapping[str, Entry]) -> bytes:
    """Return an archive.

    Parameters
    ----------
    files : mapping of str to Entry
        By path.

    Returns
    -------
    bytes
        The same for the same files; executable files are so when they are unpacked.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, entry in files.items():
            info = zipfile.ZipInfo(path, ZIP_EPOCH)
            # 3 is Unix: elsewhere the permissions would not be read.
            info.create_system = 3
            info.external_attr = (0o100755 if entry.executable else 0o100644) << 16
            info.compress_type = zipfile.ZIP_STORED if path.endswith(".whl") else zipfile.ZIP_DEFLATED
            archive.writestr(info, entry.data)
    return packed.getvalue()
