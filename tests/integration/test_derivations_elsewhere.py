"""A derivation in a replay, with a student's kit, and from functions at hand: the same lines are named."""

import io
import json
import subprocess
import sys
import zipfile
from contextlib import chdir

import pytest

import grader
from grader.cli import main
from grader.model.report import Finding, Verdict

RUBRIC = """\
schema = "grader-rubric/1"
id = "quartic"
title = "A derivative in lines"
points = 10
seed = 5
trusted = "course"
starter = "starter.py"
[inputs.vector]
sizes = { n = [2, 3, 4] }
values.x = { sampler = "normal", shape = ["n"], digits = 2 }
[[inputs.vector.case]]
family = "generic"
count = 4
[[problem]]
id = "slope"
title = "Gradient of a quartic"
points = 10
function = "slope"
arguments = ["x"]
inputs = "vector"
reference = "answers:slope"
returns = [{ name = "g", shape = ["n"] }]
[[problem.check]]
kind = "derivation"
points = 10
"""
ANSWERS = """\
def slope(x, *, tap=lambda name, value: value):
    return 4 * tap("cube", x**3)
"""
STARTER = "slope_steps = []\n"
LINES = """\
def product_rule(x):
    return 2 * x * x**2 + x**2 * 2 * x

def collected(x):
    return 4 * x**3

def slipped(x):
    return -4 * x * x**2

def follows(x):
    return -(2 * x) * (2 * x**2)

slope_steps = [product_rule, collected, slipped, follows]
"""


@pytest.fixture
def course(tmp_path):
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "answers.py").write_text(ANSWERS, encoding="utf-8")
    for name, text in {"rubric.toml": RUBRIC, "starter.py": STARTER, "ada.py": LINES}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with chdir(tmp_path):
        yield tmp_path


def at_hand():
    names = {}
    exec(LINES, names)
    return names["slope_steps"]


def verdicts(check):
    return [(line.verdict, line.factor) for line in check.lines]


AGREES, DISAGREES = (Verdict.AGREES, ""), (Verdict.DISAGREES, "-1")


def test_functions_at_hand_are_judged_as_a_file_is(course):
    of_file = grader.check("ada.py", rubric="rubric.toml", isolation="none").report.problems[0].checks[0]
    found = grader.check(rubric="rubric.toml", slope_steps=at_hand())
    check = found.report.problems[0].checks[0]
    assert verdicts(check) == verdicts(of_file) == [AGREES, AGREES, DISAGREES, AGREES]
    assert check.again.startswith("grader.check(slope_steps=slope_steps, ")
    assert "✗</dt>" in found._repr_html_()
    assert "line 3: not equal to line 2: it is line 2 times -1" in repr(found)


def test_lines_that_are_the_same_code_are_noted_and_cost_nothing(course):
    (course / "ada.py").write_text(LINES.replace("product_rule, collected, slipped, follows", "collected, collected"))
    report = grader.check("ada.py", rubric="rubric.toml", isolation="none").report
    assert report.notes == ("lines 1, 2 of `slope_steps` are written as the same code",)
    assert report.score == 10


def test_a_kit_names_the_same_line_without_an_answer_in_it(course, capsys):
    assert main(["kit", "rubric.toml", "--out", "kit.zip"]) == 0
    with zipfile.ZipFile(io.BytesIO((course / "kit.zip").read_bytes())) as packed:
        packed.extractall(course / "kit")
    text = b"".join(path.read_bytes() for path in (course / "kit").rglob("*") if path.is_file())
    assert b"x**3" not in text
    assert b"slope_steps = [line_1, line_2, ...]" in text
    with chdir(course / "kit" / "quartic"):
        (course / "kit" / "quartic" / "starter.py").write_text(LINES, encoding="utf-8")
        found = grader.check()
        check = found.report.problems[0].checks[0]
        assert verdicts(check) == [(Verdict.NOT_GRADED, ""), AGREES, DISAGREES, AGREES]
        assert check.failure.against == "line 2"
        (course / "kit" / "quartic" / "starter.py").write_text(LINES.replace("-", ""), encoding="utf-8")
        right = grader.check()
        assert right.passed
        assert "none of them can tell whether it is right" in repr(right)
    capsys.readouterr()


def test_a_replay_shows_the_line_and_what_it_is_compared_with(course, capsys):
    arguments = ["grade", "ada.py", "--rubric", "rubric.toml", "--isolation", "none"]
    assert main([*arguments, "--format", "json", "--output", "report.json"]) == 1
    check = json.loads((course / "report.json").read_text("utf-8"))["submissions"][0]["problems"][0]["checks"][0]
    assert check["outcome"] == Finding.EQUALITY_BROKEN
    capsys.readouterr()
    replay = ["replay", "report.json", "--check", "slope.derivation", "--isolation", "none"]
    main(replay)
    shown = capsys.readouterr().out
    assert "line 3: not equal to line 2" in shown
    assert "slope_steps[2](x)" in shown
    assert [f"line {n}\n" in shown for n in (1, 2, 3, 4)] == [True, True, False, True]
    main([*replay, "--print-python"])
    (course / "script.py").write_text(capsys.readouterr().out, encoding="utf-8")
    said = subprocess.run([sys.executable, "script.py"], capture_output=True, text=True, check=True).stdout
    assert "disagrees" in said
    assert [f"line {n} [" in said for n in (1, 2, 3, 4)] == [True, True, False, True]
