"""Root tests as a plain user too: the same attacks and laws, with nothing but a user's rights to confine by."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest

ROOT = Path(__file__).parents[2]
UID = 61234
"""Nobody's: neither a person's nor the one that submissions run as."""


@pytest.fixture
def home() -> Iterator[Path]:
    # Not below pytest's own folder, which each run of root's closes to other users.
    with tempfile.TemporaryDirectory(prefix="grader-plain-user-") as name:
        os.chown(name, UID, UID)
        yield Path(name)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize(
    ("tests", "which"),
    [
        # How numbers travel does not depend on who carries them, and any one loop shows by what right it is ended.
        (["conformance/test_life.py", "conformance/test_surroundings.py"], "not none and (python or not endless)"),
        (["adversarial/test_corpus.py"], ""),
    ],
    ids=["conformance", "adversarial"],
)
def test_the_same_holds_for_a_plain_user(home, tests, which):
    folders = {ROOT, Path(sys.prefix), Path(sys.base_prefix), Path(numpy.__file__).parent, Path(pytest.__file__).parent}
    run = [sys.executable, "-m", "pytest", *(f"tests/{path}" for path in tests), "-q", "-p", "no:cacheprovider"]
    command = [
        *[sys.executable, str(ROOT / "tests/sandbox/as_plain_user.py"), str(UID), *map(str, sorted(folders))],
        *["--", *run, "--basetemp", str(home / "tests"), "-k", which, "-o", "addopts=--import-mode=importlib -rs"],
    ]
    environment = {"HOME": str(home), "TMPDIR": "/tmp", "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert " passed" in last
