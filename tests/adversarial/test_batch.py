"""The whole corpus graded as one class: no attack earns a mark, no neighbour loses one, and everybody is graded."""

import hashlib
import sys
from pathlib import Path

import pytest

from grader.grading.engine import GradeRequest, grade
from grader.loading.rubric import load_rubric
from grader.model.submission import Chunk, Submission

HERE = Path(__file__).parent
CORPUS = sorted((HERE / "corpus").glob("*.py"))
TARGET = (HERE / "target.py").read_text(encoding="utf-8")
RUBRIC = """
schema = "grader-rubric/1"
id = "attacked"
title = "What attacks would like to earn"
points = 10
seed = 1
trusted = "trusted"

[limits]
call_wall_s = 1.0
call_cpu_s = 0.5
load_wall_s = 1.0
submission_wall_s = 2.0
memory_bytes = 536870912

[inputs.vector]
sizes = { n = [2, 3] }
values.x = { sampler = "normal", shape = ["n"], digits = 2 }
case = [{ family = "generic", count = 2 }]

[[problem]]
id = "double"
title = "Twice the argument"
points = 10
function = "double"
arguments = ["x"]
returns = [{ name = "y", shape = ["n"] }]
inputs = "vector"
reference = "answers:double"

[[problem.check]]
kind = "reference"
points = 8

[[problem.check]]
kind = "purity"
points = 2
"""
WRONG = "\n\ndef double(x):\n    attack(x)\n    return 3.0 * x\n"
RIGHT = "import numpy as np\nprint('honest')\ndef double(x): return 2.0 * np.asarray(x)\n"


def student(name: str, source: str, modules: dict[str, str]) -> Submission:
    return Submission(
        path=f"{name}.py",
        student=name,
        sha256=hashlib.sha256(source.encode()).hexdigest(),
        chunks=(Chunk(label=f"{name}.py", source=source),),
        modules=tuple((module, Chunk(label=f"{module}.py", source=text)) for module, text in modules.items()),
    )


@pytest.mark.skipif(sys.platform != "linux", reason="other people's code is graded on Linux only")
def test_no_attack_earns_a_mark_and_no_neighbour_loses_one(world, tmp_path):
    trusted = tmp_path / "trusted"
    trusted.mkdir()
    (trusted / "answers.py").write_text("def double(x):\n    return 2.0 * x\n", encoding="utf-8")
    path = tmp_path / "rubric.toml"
    path.write_text(RUBRIC, encoding="utf-8")
    facts = {**world.facts(), "REFERENCE": str(trusted / "answers.py"), "RUBRIC": str(path)}
    target = TARGET + "".join(f"{name} = {value!r}\n" for name, value in facts.items())
    before = world.state()
    submissions = [student("first", RIGHT, {})]
    for attack in CORPUS:
        source = attack.read_text(encoding="utf-8")
        submissions.append(student(attack.stem, source + WRONG, {"target": target}))
        submissions.append(student(f"after {attack.stem}", RIGHT, {}))

    report = grade(
        GradeRequest(rubric=load_rubric(path), submissions=tuple(submissions), seed=1, isolation="auto", jobs=2)
    )

    assert report.isolation.level in ("A", "B")
    marks = {one.student: one.score for one in report.submissions}
    assert all(one.status == "graded" for one in report.submissions)
    assert {name: mark for name, mark in marks.items() if name in {p.stem for p in CORPUS} and mark != 0} == {}
    honest = [one for one in report.submissions if one.student == "first" or one.student.startswith("after ")]
    assert len(honest) == len(CORPUS) + 1
    assert {one.score for one in honest} == {10}
    assert {(one.printed.text, one.printed.truncated) if one.printed else None for one in honest} == {
        ("honest\n", False)
    }
    assert world.state() == before
