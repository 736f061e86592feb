"""A class on a tiny assignment, as files: right answers, wrong ones, broken ones."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUBRIC = """\
schema = "grader-rubric/1"
id = "tiny"
title = "Two tiny problems"
points = 10
seed = 3
trusted = "trusted"

[limits]
call_wall_s = 20.0
load_wall_s = 20.0

[inputs.vector]
sizes = { n = [2, 3] }
values.x = { sampler = "normal", shape = ["n"], digits = 2 }
case = [{ family = "generic", count = 2 }]

[[problem]]
id = "double"
title = "Twice a vector"
points = 6
function = "double"
arguments = ["x"]
returns = [{ name = "y", shape = ["n"] }]
inputs = "vector"
reference = "answers:double"

[[problem.check]]
kind = "reference"
points = 6

[[problem]]
id = "square"
title = "Squares"
points = 4
function = "square"
arguments = ["x"]
returns = [{ name = "y", shape = ["n"] }]
inputs = "vector"
reference = "answers:square"

[[problem.check]]
kind = "reference"
points = 4
"""
TRUSTED = """\
import numpy as np


def double(x):
    return 2 * np.asarray(x, dtype=np.float64)


def square(x):
    return np.asarray(x, dtype=np.float64) ** 2
"""
REFERENCE = 'reference = "answers:double"\n'
MISTAKE = """
[[problem.misconception]]
id = "half"
function = "answers:half"
says = "half of it"
share = 0.0
"""
DEADLY = """

def half(x):
    ...
    return np.asarray(x, dtype=np.float64) / 2
"""
ANSWERS = (
    "def double(x):\n    return 2 * x\ndef square(x):\n    return x * x\n",
    "def double(x):\n    return 3 * x\ndef square(x):\n    return x * x\n",
    "def double(x):\n    return 2 * x\n",
    "def double(x):\n    raise ValueError('no')\ndef square(x):\n    return -x * x\n",
)
# As `grader batch` is typed, whatever other commands there are.
COMMAND = (
    sys.executable,
    "-c",
    "import argparse, sys\n"
    "from grader.cli.arguments import batch\n"
    "from grader.cli.batch import batch_command\n"
    "parser = argparse.ArgumentParser()\n"
    "batch.add(parser.add_subparsers().add_parser('batch'))\n"
    "sys.exit(batch_command(parser.parse_args(sys.argv[1:])))\n",
    "batch",
)


def write_rubric(folder: Path, *, deadly: str = "") -> Path:
    """Write the assignment; `deadly` is what a trusted function does that wrong answers alone lead to."""
    (folder / "trusted").mkdir(parents=True)
    (folder / "trusted" / "answers.py").write_text(TRUSTED + (DEADLY.replace("...", deadly) if deadly else ""))
    (folder / "rubric.toml").write_text(RUBRIC.replace(REFERENCE, REFERENCE + MISTAKE) if deadly else RUBRIC)
    return folder / "rubric.toml"


def write_class(folder: Path, count: int) -> Path:
    """Write a hand-in a student, as different as they can be that share four answers."""
    folder.mkdir(parents=True)
    for i in range(count):
        (folder / f"student{i:03d}.py").write_text(f"# student {i}\n{ANSWERS[i % len(ANSWERS)]}")
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder of results, without the timings: the journal, and a section of the class page."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("journal.sqlite")
    }
    page = files.get("report.html")
    if page is not None:
        before, start, rest = page.partition(b'<section aria-labelledby="costs">')
        assert start
        files["report.html"] = before + rest.partition(b"</section>")[2]
    return files
