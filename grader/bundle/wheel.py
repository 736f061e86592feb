"""The grader itself as a wheel, made from the files that run: a bundle needs no index for it.

The name has been another project's on the public index, so nothing here may ever be fetched by it.
"""

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import grader
from grader.bundle.requirements import NAME, own_requirements

# The earliest time that a zip file can state: the same files give the same bytes.
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_ENTRY_POINTS = "[console_scripts]\ngrader = grader.cli:main\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """A wheel.

    Parameters
    ----------
    name : str
        Of the file.
    data : bytes
        What it holds.
    """

    name: str
    data: bytes


def own_wheel() -> Wheel:
    """Return this grader as a wheel.

    Returns
    -------
    Wheel
        Pure Python, for every platform; the same files give the same bytes.

    Raises
    ------
    DiagnosedError
        Nothing says what it requires.

    Notes
    -----
    The format is that of the "Binary distribution format" specification of the Python Packaging Authority, version 1.0.
    """
    stem = f"{NAME}-{grader.__version__}"
    info = f"{stem}.dist-info"
    files = dict(_package())
    files[f"{info}/METADATA"] = _metadata().encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/entry_points.txt"] = _ENTRY_POINTS.encode()
    record = "".join(f"{path},sha256={_digest(data)},{len(data)}\n" for path, data in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, data)
    return Wheel(name=f"{stem}-py3-none-any.whl", data=packed.getvalue())


def _package() -> Iterator[tuple[str, bytes]]:
    folder = Path(grader.__file__).resolve().parent
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        made = any(part == "__pycache__" or part.startswith(".") for part in inner.parts)
        if path.is_file() and not made:
            yield f"{NAME}/{inner.as_posix()}", path.read_bytes()


def _metadata() -> str:
    lines = ["Metadata-Version: 2.1", f"Name: {NAME}", f"Version: {grader.__version__}", "Requires-Python: >=3.11"]
    return "\n".join([*lines, *(f"Requires-Dist: {each}" for each in own_requirements())]) + "\n"


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
