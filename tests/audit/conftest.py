"""A small assignment to audit: one problem, a starter, a right answer written by hand, a misconception."""

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.audit.run import AuditRequest, audit
from grader.grading.named import read_rubric
from grader.model.audit import AuditReport

RUBRIC = """\
schema = "grader-rubric/1"
id = "small"
title = "Softmax, weighted"
points = 10
seed = 5
trusted = "trusted"
starter = "starter.py"

[audit]
right = ["right_*.py"]

[inputs.rows]
sizes = { N = [2, 3], C = [3, 4] }
distinct = true
[inputs.rows.values]
Z = { sampler = "logits", shape = ["N", "C"], digits = 2 }
w = { sampler = "uniform", shape = ["C"], low = 0.5, high = 2.0, digits = 2 }

[[inputs.rows.case]]
family = "generic"
count = 4

[[inputs.rows.case]]
family = "edge"
says = "a single column"
sizes = { C = 1 }

[[inputs.rows.case]]
family = "extreme"
says = "logits around 1000"
values = { Z = { sampler = "logits", shape = ["N", "C"], offset = 1000.0, digits = 2 } }

[[problem]]
id = "weighted"
title = "Softmax times weights"
points = 10
function = "weighted"
arguments = ["Z", "w"]
returns = [{ name = "y", shape = ["N", "C"] }]
inputs = "rows"
reference = "answers:weighted"

[[problem.check]]
kind = "reference"
points = 6

[[problem.check]]
id = "edge_cases"
kind = "reference"
points = 1
families = ["edge"]

[[problem.check]]
kind = "stability"
points = 2

[[problem.check]]
kind = "purity"
points = 1

[[problem.misconception]]
id = "no_weights"
function = "mistakes:unweighted"
says = "the weights are missing"
"""
ANSWERS = """\
import numpy as np


def weighted(Z, w):
    Z, w = np.asarray(Z, dtype=np.float64), np.asarray(w, dtype=np.float64)
    shifted = Z - np.max(Z, axis=-1, keepdims=True)
    e = np.exp(shifted)
    return w * (e / np.sum(e, axis=-1, keepdims=True))
"""
MISTAKES = """\
import numpy as np

from .answers import weighted


def unweighted(Z, w):
    return weighted(Z, np.ones_like(w))
"""
RIGHT = """\
import numpy as np


def weighted(Z, w):
    out = []
    for row in Z:
        e = [np.exp(z - max(row)) for z in row]
        out.append([a * b / sum(e) for a, b in zip(e, w)])
    return np.array(out)
"""
STARTER = """\
def weighted(Z, w):
    raise NotImplementedError
"""


_LINES = """

def by_softmax(Z, w):
    return w * np.exp(Z - np.log(np.sum(np.exp(Z), axis=-1, keepdims=True)))


weighted_steps = [weighted, by_softmax]
"""


@contextmanager
def unseen(name, total):
    yield lambda more: None


@dataclass
class Course:
    folder: Path

    @property
    def rubric(self) -> Path:
        return self.folder / "rubric.toml"

    def replace(self, old: str, new: str, file: str = "rubric.toml") -> None:
        path = self.folder / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def without_stability(self) -> None:
        self.replace('kind = "stability"\npoints = 2\n\n[[problem.check]]\n', "")
        self.replace('kind = "reference"\npoints = 6\n', 'kind = "reference"\npoints = 8\n')

    def loosen(self) -> None:
        self.without_stability()
        self.replace('kind = "reference"\n', 'kind = "reference"\nwiden = 1e6\n')

    def derive(self) -> None:
        """Ask for lines of a derivation and for nothing else."""
        start, end = RUBRIC.index("[[problem.check]]"), RUBRIC.index("[[problem.misconception]]")
        self.replace(RUBRIC[start:end], '[[problem.check]]\nkind = "derivation"\npoints = 10\n\n')
        self.replace(STARTER, "weighted_steps = []\n", file="starter.py")
        self.replace("return np.array(out)\n", f"return np.array(out)\n{_LINES}", file="right_loops.py")

    def audit(self, **options) -> AuditReport:
        given = {"seeds": 2, "jobs": 1, **options}
        return audit(AuditRequest(rubric=read_rubric(str(self.rubric)), **given), unseen)


@pytest.fixture
def course(tmp_path):
    (tmp_path / "trusted").mkdir()
    for name, text in {
        "rubric.toml": RUBRIC,
        "trusted/answers.py": ANSWERS,
        "trusted/mistakes.py": MISTAKES,
        "right_loops.py": RIGHT,
        "starter.py": STARTER,
    }.items():
        (tmp_path / name).write_text(text)
    return Course(tmp_path)


def survivors(report):
    return [mutant for problem in report.problems for mutant in problem.mutants if mutant.standing == "survived"]


def faults(report):
    return [answer for problem in report.problems for answer in problem.answers if not answer.holds]
