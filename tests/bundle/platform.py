"""A platform's machine in a scratch folder, as root where the tests are, with half of one processor and 768 MB."""

import contextlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.ci.small import AS_INSTALLED

_MEMORY_BYTES = 768 << 20


@contextlib.contextmanager
def machine() -> Iterator[Path]:
    """A folder that every user may pass through, which pytest's own are not: submissions run as another user."""
    with tempfile.TemporaryDirectory(prefix="platform") as name:
        folder = Path(os.path.realpath(name))
        folder.chmod(0o755)
        yield folder


def unpacked(archive: Path, to: Path) -> None:
    """Unpack with the permissions that the archive states."""
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist():
            path = Path(opened.extract(entry, to))
            path.chmod(entry.external_attr >> 16 & 0o777)


def wheels_of_what_is_installed(requirements: Path, to: Path) -> None:
    """Pack installed packages as wheels again: what `pip download` would fetch, without a network."""
    to.mkdir()
    for line in requirements.read_text().split():
        found = importlib.metadata.distribution(line.partition("==")[0])
        files = [file for file in found.files or () if ".." not in file.parts and "__pycache__" not in file.parts]
        info = next(file for file in files if file.name == "WHEEL")
        tags = [row.partition(": ")[2] for row in info.read_text().splitlines() if row.startswith("Tag:")]
        name = found.name.replace("-", "_").replace(".", "_")
        with zipfile.ZipFile(to / f"{name}-{found.version}-{tags[0]}.whl", "w") as wheel:
            for file in files:
                # numpy's own tests are half of it.
                if "tests" not in file.parts and file.name not in {"INSTALLER", "REQUESTED", "direct_url.json"}:
                    wheel.write(found.locate_file(file), str(file))


def stand_in(venv: Path) -> None:
    """Put in place of an installed grader the one of this source tree."""
    python = venv / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\n[ "$1" = -I ] || exit 9\nexec "{sys.executable}" -I -c "{AS_INSTALLED}" "$@"\n')
    python.chmod(0o755)


def _half() -> None:
    import resource  # Windows has none

    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_BYTES, _MEMORY_BYTES))


@contextlib.contextmanager
def half_a_processor() -> Iterator[None]:
    """Keep the processor busy that `run` takes, so that each of the two gets half of it."""
    code = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\nwhile True: pass"
    with subprocess.Popen([sys.executable, "-I", "-c", code]) as other:
        try:
            yield
        finally:
            other.kill()


def run(script: Path, cwd: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script of a bundle as a platform does: nothing of this process's environment but where programs are."""
    tools = script.parent / ".tools"
    tools.mkdir(exist_ok=True)
    link = tools / f"python3.{sys.version_info.minor}"
    if not link.exists():
        link.symlink_to(getattr(sys, "_base_executable", sys.executable))
    path = f"{tools}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return subprocess.run(
        [str(script), *arguments],
        cwd=cwd,
        env={"PATH": path, "HOME": str(cwd), "LANG": "C.UTF-8", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        preexec_fn=_half,
    )


def gradescope(archive: Path, root: Path) -> Path:
    """Lay out /autograder as Gradescope's harness does; return the script that it runs."""
    unpacked(archive, root / "source")
    for name in ("submission", "results"):
        (root / name).mkdir()
    (root / "submission_metadata.json").write_text('{"id": 1, "created_at": "2024-01-01T00:00:00.000000-08:00"}')
    shutil.copy2(root / "source" / "run_autograder", root / "run_autograder")
    return root / "run_autograder"


def prairielearn(archive: Path, root: Path, question: str) -> Path:
    """Lay out /grade as PrairieLearn does, which makes no folder of results; return the entry point."""
    unpacked(archive, root / "course")
    shutil.copytree(root / "course" / "question" / question / "tests", root / "tests")
    for name in ("student", "data"):
        (root / name).mkdir()
    (root / "data" / "data.json").write_text("{}")
    (root / "tests" / "run.sh").chmod(0o755)
    return root / "tests" / "run.sh"
