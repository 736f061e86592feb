"""Wheels of everything that has to be installed, for a platform without a network."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from grader.bundle.codes import BundleCode
from grader.bundle.contents import Entry
from grader.model.diagnostic import DiagnosedError, Diagnostic

# Both platforms run Linux on x86-64. Each tag is a version of the C library (PEP 600), all older than Ubuntu 22.04's.
_PLATFORMS = tuple(f"manylinux_2_{minor}_x86_64" for minor in (35, 34, 31, 28, 27, 26, 24, 17, 12, 5))


def fetched(requirements: Sequence[str], python: str) -> dict[str, Entry]:
    """Return the wheels of some packages.

    Parameters
    ----------
    requirements : sequence of str
        Pinned, and complete.
    python : str
        Which Python they are for: ``"3.12"``.

    Returns
    -------
    dict of str to Entry
        By file name, sorted.

    Raises
    ------
    DiagnosedError
        pip is missing, or could not fetch them; with what it said.
    """
    if find_spec("pip") is None:
        says = "the packages could not be fetched: pip, which fetches them, is not installed here"
        help_ = "install it (`python -m ensurepip`), or leave out `--wheels`"
        raise DiagnosedError((Diagnostic(code=BundleCode.NO_WHEELS.value, says=says, path="", help=help_),))
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-I", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        words += ["--only-binary=:all:", "--implementation", "cp", "--python-version", python, "--dest", folder]
        words += [word for platform in _PLATFORMS for word in ("--platform", platform)]
        done = subprocess.run([*words, *requirements], capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        if done.returncode != 0:
            lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
            says = f"the packages could not be fetched: {' '.join(lines) or done.stderr.strip() or 'pip failed'}"
            help_ = "the packages need a wheel for Linux and this Python; `--python` names another"
            raise DiagnosedError((Diagnostic(code=BundleCode.NO_WHEELS.value, says=says, path="", help=help_),))
        return {path.name: Entry(data=path.read_bytes()) for path in sorted(Path(folder).iterdir())}
