import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIBRARIES = ("torch", "jax", "autograd", "scipy")
# What each script is given so that it does the least that it can; nothing here is timed.
SMALLEST = {
    "derivatives.py": ["200"],
    "diagnosis.py": ["--seeds", "1", "--every", "25"],
    "floor.py": ["--rounds", "1", "submissions/right_einsum.py"],
    "isolation.py": ["10", "30"],
    "startup.py": ["--runs", "1"],
    "throughput.py": ["--submissions", "2", "--level", "A", "--own", "0", "--others", "1", "--together", "1"],
    "units.py": ["1"],
    "verdicts.py": ["--seeds", "1", "--problems", "softmax_backward", "--every", "400"],
}
NEEDS = {"derivatives.py": "mpmath", "verdicts.py": "flint"}


def scripts():
    return sorted(p.name for p in (ROOT / "benchmarks").glob("*.py") if "__main__" in p.read_text(encoding="utf-8"))


def run(script, *arguments):
    if script in NEEDS and find_spec(NEEDS[script]) is None:
        pytest.skip(f"{script} needs {NEEDS[script]}, of the extra `bench`")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / script), *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_script_has_its_smallest_size():
    assert scripts() == sorted(SMALLEST)


@pytest.mark.parametrize("script", sorted(set(SMALLEST) - {"verdicts.py"}))
def test_script_runs_and_misses_no_goal(script):
    ended = run(script, *SMALLEST[script])
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.strip()


def test_verdicts_miss_no_goal_and_libraries_that_are_not_installed_are_said_to_be_missing():
    ended = run("verdicts.py", *SMALLEST["verdicts.py"])
    assert ended.returncode == 0, ended.stdout + ended.stderr
    for library in LIBRARIES:
        absent = find_spec(library) is None
        assert (f"not asked, {library} is not installed" in ended.stdout) is absent
        assert (f"{library} missing" in ended.stdout) is absent
