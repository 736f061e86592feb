"""Bundles, unpacked and run as the platforms do it."""

import json
import shutil
import sys

import pytest
from jsonschema import Draft202012Validator

from grader.cli import main
from grader.grading.students import grader_failed
from tests.bundle.platform import (
    gradescope,
    half_a_processor,
    machine,
    prairielearn,
    run,
    stand_in,
    wheels_of_what_is_installed,
)
from tests.ci.small import RIGHT, ROOT, WRONG, small, with_hidden

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="both platforms are Linux")

SCHEMAS = ROOT / "tests" / "reporting" / "export"
HUGE = "x = [bytearray(1 << 20) for _ in range(4096)]\n"


def valid(name, data):
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema).is_valid(data)


def results(root):
    return json.loads((root / "results" / "results.json").read_text(), parse_constant=pytest.fail)


def bundle(platform, rubric, out, *more):
    words = ["--image", "course/grader"] if platform == "prairielearn" else []
    assert main(["bundle", platform, "--rubric", str(rubric), "--out", str(out), *words, *more]) == 0
    return out


@pytest.fixture
def root():
    with machine() as folder:
        yield folder


def test_bundles_run_from_their_archives_alone_with_half_a_processor(tmp_path, root, capsys):
    """Without a network: `setup.sh` installs from wheels, and everything else is in the archives."""
    rubric = with_hidden(tmp_path / "rubric", "after_due")
    archive = bundle("gradescope", rubric, tmp_path / "g.zip")
    autograder = root / "autograder"
    script = gradescope(archive, autograder)
    wheels_of_what_is_installed(autograder / "source" / "requirements.txt", autograder / "source" / "wheels")
    shutil.rmtree(rubric.parent)
    # Making byte code of all packages takes longer than all else.
    done = run(autograder / "source" / "setup.sh", autograder, PIP_NO_COMPILE="1")
    assert done.returncode == 0, done.stdout
    (autograder / "submission" / "hw1.py").write_text(WRONG)
    with half_a_processor():
        done = run(script, autograder)
    assert done.returncode == 0, done.stdout
    assert "graded: level " in done.stdout
    data = results(autograder)
    assert valid("gradescope", data)
    assert data["score"] == 8
    assert {test["visibility"] for test in data["tests"]} == {"visible", "after_due_date"}

    rubric = small(tmp_path / "second")
    archive = bundle("prairielearn", rubric, tmp_path / "p.zip")
    grade = root / "grade"
    script = prairielearn(archive, grade, "small")
    # The image is built with the same `setup.sh`; what it has installed above stands for it.
    for name in ("wheels", "requirements.txt"):
        source = autograder / "source" / name
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, grade / "tests" / name)
    (grade / "venv").symlink_to(autograder / "venv")
    (grade / "student" / "answer.py").write_text(WRONG)
    done = run(script, grade)
    assert done.returncode == 0, done.stdout
    assert valid("prairielearn", results(grade))
    assert results(grade)["score"] == 0.4


@pytest.fixture
def autograder(tmp_path, root):
    script = gradescope(bundle("gradescope", small(tmp_path / "rubric"), tmp_path / "g.zip"), root)
    stand_in(root / "venv")
    return script


@pytest.mark.parametrize(
    ("source", "score"),
    [
        (RIGHT, 20),
        ("def gradient(x:\n", 0),
        (HUGE + RIGHT, 0),
        (RIGHT.replace("return 2 * x", "while True: pass"), 8),
        ("import os\nos._exit(0)\n", 0),
    ],
    ids=["right", "syntax error", "too much memory", "endless loop", "ends itself"],
)
def test_gradescope_gets_a_score_for_whatever_a_student_hands_in(root, autograder, source, score):
    (root / "submission" / "hw1.py").write_text(source)
    done = run(autograder, root)
    assert done.returncode == 0, done.stdout
    assert valid("gradescope", results(root))
    assert results(root)["score"] == score


def test_gradescope_gets_a_score_for_an_empty_submission_and_says_why(root, autograder):
    assert run(autograder, root).returncode == 0
    assert results(root)["score"] == 0
    assert "there is no .py or .ipynb file" in results(root)["output"]


@pytest.mark.parametrize("fault", ["rubric", "reference", "python", "killed"])
def test_our_fault_gives_gradescope_no_score_and_the_student_a_kind_word(root, autograder, fault):
    (root / "submission" / "hw1.py").write_text(RIGHT)
    python = root / "venv" / "bin" / "python"
    match fault:
        case "rubric":
            (root / "source" / "assignment" / "rubric.toml").write_text("broken")
        case "reference":
            (root / "source" / "assignment" / "trusted" / "answers.py").write_text("raise OSError('secret')")
        case "python":
            python.unlink()
        case "killed":
            python.write_text("#!/bin/sh\nkill -9 $$\n")
    done = run(autograder, root)
    assert done.returncode > 1
    assert "nothing was graded" in done.stdout
    data = results(root)
    assert "score" not in data
    assert "tests" not in data
    assert data["stdout_visibility"] == "hidden"
    assert data["output"] == grader_failed()
    assert "secret" not in json.dumps(data)


def test_two_possible_answers_are_left_to_the_student_to_mend(root, autograder):
    for name in ("a.py", "b.py"):
        (root / "submission" / name).write_text(RIGHT)
    assert run(autograder, root).returncode == 3
    assert "score" not in results(root)
    assert "could each be the answer" in results(root)["output"]


def test_an_answer_reads_nothing_of_the_bundle_and_changes_nothing(root, autograder):
    attempt = f"""\
import os
found = []
for path in ({str(root)!r} + "/source/assignment/rubric.toml", {str(root)!r} + "/source/not_graded.json"):
    try:
        found.append(open(path).read())
    except OSError:
        pass
try:
    open({str(root)!r} + "/results/results.json", "w").write('{{"score": 20}}')
except OSError:
    pass
print("FOUND", len(found))
"""
    (root / "submission" / "hw1.py").write_text(attempt + RIGHT.replace("2 * x", "x"))
    done = run(autograder, root)
    assert done.returncode == 0, done.stdout
    assert results(root)["score"] < 20
    assert "FOUND 1" not in json.dumps(results(root))
    assert "FOUND 2" not in json.dumps(results(root))


def test_what_lies_in_a_submission_is_not_imported_by_the_grader(root, autograder):
    (root / "submission" / "hw1.py").write_text(WRONG)
    for name in ("sitecustomize.py", "numpy.py", "grader.py", "answers.py", "conftest.py"):
        (root / "submission" / name).write_text("import os\nos._exit(0)\n")
    assert run(autograder, root).returncode == 0
    assert results(root)["score"] == 8


# PrairieLearn ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def question(tmp_path, root):
    script = prairielearn(bundle("prairielearn", small(tmp_path / "rubric"), tmp_path / "p.zip"), root, "small")
    stand_in(root / "venv")
    # Stands for the image: the same line that an archive with wheels takes.
    (root / "tests" / "wheels").mkdir()
    return script


@pytest.mark.parametrize(("source", "score"), [(RIGHT, 1), (WRONG, 0.4)])
def test_prairielearn_gets_a_share_of_the_points(root, question, source, score):
    (root / "student" / "answer.py").write_text(source)
    assert run(question, root).returncode == 0
    assert valid("prairielearn", results(root))
    assert (results(root)["gradable"], results(root)["score"]) == (True, score)


@pytest.mark.parametrize("source", ["def gradient(x:\n", None])
def test_what_cannot_run_or_is_not_there_costs_no_attempt(root, question, source):
    if source is not None:
        (root / "student" / "answer.py").write_text(source)
    assert run(question, root).returncode == 0
    data = results(root)
    assert valid("prairielearn", data)
    assert data["gradable"] is False
    assert "score" not in data
    assert data["format_errors"]


@pytest.mark.parametrize("fault", ["rubric", "python", "killed"])
def test_our_fault_is_not_gradable_at_prairielearn(root, question, fault):
    (root / "student" / "answer.py").write_text(RIGHT)
    python = root / "venv" / "bin" / "python"
    match fault:
        case "rubric":
            (root / "tests" / "assignment" / "rubric.toml").write_text("broken")
        case "python":
            python.write_text("#!/nowhere\n")
        case "killed":
            python.write_text("#!/bin/sh\nkill -9 $$\n")
    assert run(question, root).returncode == 0
    data = results(root)
    assert valid("prairielearn", data)
    assert data["gradable"] is False
    assert grader_failed() in data["format_errors"][0]


def test_the_results_stay_below_a_megabyte_whatever_is_printed(root, question):
    (root / "student" / "answer.py").write_text("print('é' * 4_000_000)\n" + WRONG)
    assert run(question, root).returncode == 0
    assert (root / "results" / "results.json").stat().st_size < 1_000_000
    assert results(root)["score"] == 0.4
