"""A small assignment with checks of every visibility, and answers to it, for the tests of this folder."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "integration" / "small"
AS_INSTALLED = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); del sys.argv[:3]; from grader.cli import main; sys.exit(main())"
)
"""What follows ``python -I -c`` to stand for a Python that has this grader installed; then ``-I -m grader …``."""
RIGHT = """\
import numpy as np


def gradient(x):
    return 2 * x


def column_sums(A):
    return A.sum(axis=0, keepdims=True)
"""
WRONG = RIGHT.replace("2 * x", "3 * x")
HIDDEN_CHECK = """
[[problem.check]]
id = "large"
kind = "reference"
points = 4
families = ["large"]
visibility = "VISIBILITY"
"""
HIDDEN_CASES = (
    'case = [{ family = "generic", count = 3 }, '
    '{ family = "large", count = 2, says = "secret sizes", sizes = { n = 17 } }]'
)


def small(to: Path) -> Path:
    """The two tiny problems, all checks visible; return the rubric's path."""
    shutil.copytree(SMALL, to, ignore=shutil.ignore_patterns("__pycache__"))
    return to / "rubric.toml"


def with_hidden(to: Path, visibility: str = "hidden") -> Path:
    """The same, with a check on vectors of 17 entries that is not visible, before the visible purity check."""
    rubric = small(to)
    text = rubric.read_text()
    text = text.replace('case = [{ family = "generic", count = 3 }]', HIDDEN_CASES, 1)
    text = text.replace("points = 20", "points = 24", 1).replace("points = 12\n", "points = 16\n", 1)
    purity = '\n[[problem.check]]\nkind = "purity"'
    assert purity in text
    text = text.replace(purity, HIDDEN_CHECK.replace("VISIBILITY", visibility) + purity, 1)
    rubric.write_text(text)
    return rubric
