"""A small course whose kit can be made in no time, and the kit of the homework that the project ships."""

import io
import zipfile
from pathlib import Path

import pytest

from grader.grading.engine import trusted_modules
from grader.kit.making import Starter, make_kit, zipped
from grader.loading.rubric import load_rubric

ROOT = Path(__file__).parents[2]

RUBRIC = """\
schema = "grader-rubric/1"
id = "tiny"
title = "A tiny course"
points = 20
seed = 5
trusted = "course"
starter = "starter.py"

[inputs.vector]
sizes = { n = [2, 3, 4] }
values.x = { sampler = "normal", shape = ["n"], digits = 2 }
[[inputs.vector.case]]
family = "generic"
count = 4
[[inputs.vector.case]]
family = "edge"
says = "the entry that nobody may know of"
sizes = { n = 1 }

[[problem]]
id = "slope"
title = "Gradient of a quartic"
points = 12
function = "slope"
arguments = ["x"]
inputs = "vector"
reference = "secret.answers:the_slope"
returns = [{ name = "g", shape = ["n"] }]

[[problem.check]]
kind = "reference"
points = 5

[[problem.check]]
kind = "finite_difference"
points = 4
forward = "models.curves:quartic"
wrt = "x"

[[problem.check]]
id = "hidden_edges"
kind = "reference"
points = 1
families = ["edge"]

[[problem.check]]
kind = "purity"
points = 2

[[problem.misconception]]
id = "cube_for_square"
function = "secret.mistakes:the_wrong_slope"
says = "the exponent is one too small"
hint = "What is the derivative of a fourth power?"

[[problem]]
id = "total"
title = "The sum"
points = 8
function = "total"
arguments = ["x"]
inputs = "vector"
reference = "secret.answers:the_total"
returns = [{ name = "s" }]

[[problem.check]]
kind = "reference"
points = 7

[[problem.check]]
kind = "purity"
points = 1
"""
FILES = {
    "__init__.py": "",
    "numbers_kept.py": "EXPONENT = 4\n",
    "models/__init__.py": '"""Models."""\n',
    "models/curves.py": (
        '"""Curves."""\nimport numpy as np\nfrom ..numbers_kept import EXPONENT\nfrom . import shapes\n\n\n'
        "def quartic(x):\n    return np.sum(shapes.as_float(x) ** EXPONENT)\n"
    ),
    "models/shapes.py": "import numpy as np\n\n\ndef as_float(x):\n    return np.asarray(x, dtype=np.float64)\n",
    "secret/__init__.py": "",
    "secret/answers.py": (
        "from ..models.shapes import as_float\n\n\ndef the_slope(x):\n    return 4 * as_float(x) ** 3\n\n\n"
        "def the_total(x):\n    return as_float(x).sum()\n"
    ),
    "secret/mistakes.py": (
        "from ..models.shapes import as_float\n\n\ndef the_wrong_slope(x):\n    return 4 * as_float(x) ** 2\n"
    ),
}
STARTER = '''\
def slope(x):
    """Return the gradient of sum(x ** 4)."""
    raise NotImplementedError("slope")


def total(x):
    raise NotImplementedError
'''
RIGHT = "def slope(x):\n    return 4 * x ** 3\n\n\ndef total(x):\n    return x.sum()\n"


class Course:
    """A folder with a rubric, its trusted modules and a starter."""

    def __init__(self, folder):
        self.folder = folder
        self.rubric = folder / "rubric.toml"
        self.rubric.write_text(RUBRIC, encoding="utf-8")
        (folder / "starter.py").write_text(STARTER, encoding="utf-8")
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name, text):
        path = self.folder / "course" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def replace(self, old, new):
        text = self.rubric.read_text(encoding="utf-8")
        assert old in text
        self.rubric.write_text(text.replace(old, new), encoding="utf-8")

    def kit(self, seed=None):
        return made(self.rubric, self.folder / "starter.py", seed=seed)

    def unpacked(self):
        to = self.folder / "elsewhere"
        zipfile.ZipFile(io.BytesIO(zipped(self.kit()))).extractall(to)
        return to / "tiny"


def made(rubric_path, starter, seed=None):
    rubric = load_rubric(rubric_path)
    data = Starter(name=starter.name, data=starter.read_bytes())
    modules = trusted_modules(rubric_path, rubric.assignment)
    return make_kit(rubric.assignment, modules, data, rubric=str(rubric_path), words=rubric.words, seed=seed)


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


@pytest.fixture(scope="session")
def homework():
    """Return the kit of the homework that the project ships."""
    return made(ROOT / "rubrics" / "cs280_hw1.toml", ROOT / "submissions" / "starter.py")
