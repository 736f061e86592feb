"""``grader replay`` as it is typed: what it runs again, its exit status, its files, and every fault of a name."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from grader.cli import main
from grader.model.submission import Submission
from grader.sandbox import SandboxFaultError, SandboxUnavailableError

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "integration" / "small"
RIGHT = "def gradient(x):\n    return 2 * x\ndef column_sums(A):\n    return A.sum(axis=0, keepdims=True)\n"
WRONG = RIGHT.replace("2 * x", "2 * x + 1e-9").replace("A.sum(axis=0, keepdims=True)", "A.sum(axis=0)")
RAISES = RIGHT.replace("return 2 * x", "y = 2 * x\n    return y / [][0]")


@pytest.fixture
def room(tmp_path, monkeypatch):
    """A folder with a rubric and three answers, in which commands are typed."""
    shutil.copytree(SMALL, tmp_path / "small")
    for name, source in {"ada": RIGHT, "bob": WRONG, "eve": RAISES}.items():
        (tmp_path / "class").mkdir(exist_ok=True)
        (tmp_path / "class" / f"{name}.py").write_text(source)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def report(*paths, rubric="small/rubric.toml"):
    main(["grade", *paths, "--rubric", rubric, "--isolation", "none", "--format", "json", "--output", "r.json"])
    return "r.json"


def replay(*words):
    return main(["replay", *map(str, words), "--isolation", "none"])


def said(capsys):
    captured = capsys.readouterr()
    return captured.out, re.sub(r"\s+", " ", captured.err)


def inputs_shown(out):
    """The lines to paste, up to the call."""
    found = re.search(r"\n {8}(\w+ = .*?)\n {8}\w+\(", out, re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", found[1])


@pytest.mark.parametrize(
    ("student", "check", "status", "word"),
    [
        ("ada", "gradient.reference", 0, "✓ agrees"),
        ("ada", "gradient.finite_difference", 0, "✓ agrees"),
        ("ada", "gradient.purity", 0, "✓ agrees"),
        ("bob", "gradient.reference", 1, "✗ disagrees"),
        ("bob", "column_sums.reference", 1, "has shape (3,); it should be (1, 3)"),
        ("eve", "gradient.reference", 1, "raises IndexError"),
    ],
)
def test_the_exit_status_says_whether_the_case_agrees(room, capsys, student, check, status, word):
    assert replay(report("class"), "--submission", student, "--check", check) == status
    out, err = said(capsys)
    assert word in re.sub(r"\s+", " ", out)
    assert err == ""


def test_an_exception_is_shown_with_the_students_line(room, capsys):
    replay(report("class"), "--submission", "eve", "--check", "gradient.reference")
    out, _ = said(capsys)
    assert "your line  eve.py line 3: return y / [][0]" in out


def test_the_case_is_the_one_that_the_report_shows_with_its_very_inputs(room, capsys):
    data = json.loads(Path(report("class")).read_text())
    bob = next(s for s in data["submissions"] if s["student"] == "bob")
    shown = bob["problems"][0]["checks"][0]["failure"]
    replay("r.json", "--submission", "bob", "--check", "gradient.reference")
    out, _ = said(capsys)
    assert inputs_shown(out) == re.sub(r"\s+", " ", shown["inputs"])
    assert shown["case"].partition(",")[0] in out


def test_the_finite_difference_view_stands_beside_the_reference_check(room, capsys):
    replay(report("class"), "--submission", "ada", "--check", "gradient.reference")
    out, _ = said(capsys)
    assert "finite_difference: <g, D> against difference quotients along directions D in x" in re.sub(r"\s+", " ", out)
    assert len(re.findall(r"^    [1-4]: .* agrees$", out, re.MULTILINE)) == 4


def test_the_only_submission_need_not_be_named(room, capsys):
    assert replay(report("class/bob.py"), "--check", "gradient.reference") == 1
    out, _ = said(capsys)
    assert "class/bob.py" in out


def test_a_case_is_named_or_numbered(room, capsys):
    report("class/ada.py")
    shown = []
    for case in ("generic[2]", "2", "1"):
        assert replay("r.json", "--check", "gradient.reference", "--case", case) == 0
        shown.append(inputs_shown(said(capsys)[0]))
    assert shown[0] == shown[1] != shown[2]


def test_a_replay_follows_the_seed_of_the_report(room, capsys):
    report("class/ada.py")
    replay("r.json", "--check", "gradient.reference")
    before = inputs_shown(said(capsys)[0])
    text = Path("r.json").read_text()
    Path("r.json").write_text(text.replace('"seed": 1,', '"seed": 2,'))
    replay("r.json", "--check", "gradient.reference")
    assert inputs_shown(said(capsys)[0]) != before


# What has changed ----------------------------------------------------------------------------------------------------


def test_an_answer_that_was_mended_since_agrees_and_is_said_to_have_changed(room, capsys):
    report("class/bob.py")
    (room / "class" / "bob.py").write_text(RIGHT)
    assert replay("r.json", "--check", "gradient.reference") == 0
    out, _ = said(capsys)
    assert "! the submission has changed since the report" in out
    assert "the rubric" not in out


def test_a_rubric_that_has_changed_is_said_to_have(room, capsys):
    report("class/ada.py")
    trusted = next((room / "small" / "trusted").glob("*.py"))
    trusted.write_text(trusted.read_text() + "\n# a remark\n")
    assert replay("r.json", "--check", "gradient.reference") == 0
    assert "! the rubric or its trusted modules have changed since the report" in said(capsys)[0]


def test_nothing_is_said_to_have_changed_where_nothing_has(room, capsys):
    replay(report("class"), "--submission", "bob", "--check", "gradient.reference")
    assert "changed" not in said(capsys)[0]


def test_another_rubric_can_be_named(room, capsys):
    report("class/ada.py")
    (room / "small").rename(room / "elsewhere")
    assert replay("r.json", "--check", "gradient.reference") == 2
    assert "error[R001]" in said(capsys)[1]
    assert replay("r.json", "--check", "gradient.reference", "--rubric", "elsewhere/rubric.toml") == 0


# Files ---------------------------------------------------------------------------------------------------------------


def test_the_exported_arrays_are_those_that_are_shown(room, capsys):
    report("class")
    assert replay("r.json", "--submission", "bob", "--check", "gradient.reference", "--export", "case.npz") == 1
    out, _ = said(capsys)
    assert out.endswith("written to case.npz\n")
    with np.load("case.npz", allow_pickle=False) as arrays:
        assert set(arrays) == {"x", "got_g", "expected_g", "unit_g"}
        assert np.array_equal(arrays["got_g"], 2 * arrays["x"] + 1e-9)
        assert np.array_equal(arrays["expected_g"], 2 * arrays["x"])
        assert (arrays["unit_g"] > 0).all()
    before = Path("case.npz").read_bytes()
    replay("r.json", "--submission", "bob", "--check", "gradient.reference", "--export", "case.npz")
    assert Path("case.npz").read_bytes() == before
    assert not list(room.glob(".case*"))


def test_where_nothing_came_back_there_is_no_got(room, capsys):
    report("class")
    replay("r.json", "--submission", "eve", "--check", "gradient.reference", "--export", "case.npz")
    with np.load("case.npz", allow_pickle=False) as arrays:
        assert set(arrays) == {"x", "expected_g", "unit_g"}


def test_an_export_that_cannot_be_written_is_said_to_be_one(room, capsys):
    report("class/ada.py")
    for path in ("no/where.npz", "class"):
        assert replay("r.json", "--check", "gradient.reference", "--export", path) == 2
        assert "error[G008]: the arrays cannot be written" in said(capsys)[1]
    assert not list(room.glob(".class*"))


def run_script(text, folder, *words):
    """Run a printed script with a plain interpreter in an empty folder."""
    folder.mkdir()
    (folder / "again.py").write_text(text)
    command = [sys.executable, "-I", "-W", "error", "again.py", *words]
    return subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    ("student", "check", "says"),
    [
        ("ada", "gradient.reference", "  agrees: "),
        ("bob", "gradient.reference", "  disagrees: "),
        ("bob", "column_sums.reference", "  shape (3,) and dtype float64; real numbers of shape (1, 3) are due"),
    ],
)
def test_the_printed_script_runs_alone_and_says_the_same(room, capsys, student, check, says):
    report("class")
    replay("r.json", "--submission", student, "--check", check, "--print-python")
    text, err = said(capsys)
    assert err == ""
    assert "grader" not in re.sub(r'""".*?"""', "", text, count=1, flags=re.DOTALL)
    done = run_script(text, room / "empty")
    assert done.stderr == ""
    assert f"\n{says}" in done.stdout


def test_the_printed_script_takes_another_answer(room, capsys):
    report("class")
    replay("r.json", "--submission", "bob", "--check", "gradient.reference", "--print-python")
    done = run_script(said(capsys)[0], room / "empty", str(room / "class" / "ada.py"))
    assert "\n  agrees: " in done.stdout


def test_the_printed_script_shows_the_students_own_exception(room, capsys):
    report("class")
    replay("r.json", "--submission", "eve", "--check", "gradient.reference", "--print-python")
    done = run_script(said(capsys)[0], room / "empty")
    assert done.returncode == 1
    assert "eve.py" in done.stderr
    assert "IndexError" in done.stderr


def test_a_change_since_the_report_does_not_get_into_the_script(room, capsys):
    report("class/bob.py")
    (room / "class" / "bob.py").write_text(RIGHT)
    replay("r.json", "--check", "gradient.reference", "--print-python")
    text, err = said(capsys)
    assert "since the report" not in text
    assert err == "warning: the submission has changed since the report "


def notebook(path, *cells):
    content = {
        "cells": [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(content))


def test_the_script_of_a_notebook_holds_its_cells_and_says_so(room, capsys):
    cells = ["%matplotlib inline\nimport numpy as np", "fails here", "# naïve\ndef gradient(x):\n    return 2 * x"]
    notebook(room / "hw.ipynb", *cells)
    report("hw.ipynb")
    assert replay("r.json", "--check", "gradient.reference", "--print-python") == 0
    text, _ = said(capsys)
    assert "jupyter nbconvert --to script" in text
    done = run_script(text, room / "empty")
    assert "\n  agrees: " in done.stdout
    assert "hw.ipynb cell 2" in done.stderr


def test_the_script_of_several_files_holds_them_all(room, capsys):
    for name, source in {
        "hw/class/ada/hw1.py": "from parts.double import two\ndef gradient(x):\n    return two() * x\n",
        "hw/class/ada/parts/double.py": "from . import TWO\ndef two():\n    return TWO\n",
        "hw/class/ada/parts/__init__.py": "TWO = 2\n",
    }.items():
        (room / name).parent.mkdir(parents=True, exist_ok=True)
        (room / name).write_text(source)
    report("hw/class")
    assert replay("r.json", "--submission", "ada", "--check", "gradient.reference", "--print-python") == 0
    text, err = said(capsys)
    assert err == ""
    shutil.rmtree(room / "hw")
    assert "\n  agrees: " in run_script(text, room / "empty").stdout


def test_a_submission_in_an_archive_is_found_again(room, capsys):
    with zipfile.ZipFile("class.zip", "w") as archive:
        archive.writestr("ada.py", RIGHT)
        archive.writestr("bob/hw1.py", WRONG)
        archive.writestr("bob/other.py", "x = 1\n")
    report("class.zip")
    assert replay("r.json", "--submission", "ada", "--check", "gradient.reference") == 0
    assert replay("r.json", "--submission", "bob", "--check", "gradient.reference") == 1
    out, _ = said(capsys)
    assert "changed" not in out


# Faults --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["none.json", "--check", "gradient.reference"], "G003", "the report cannot be read"),
        (["class", "--check", "gradient.reference"], "G003", "the report cannot be read"),
        (["class/ada.py", "--check", "gradient.reference"], "G004", "it is not JSON"),
        (["r.json", "--check", "gradient.reference"], "G005", "the report has several submissions"),
        (
            ["r.json", "--check", "gradient.reference", "--submission", "zoe"],
            "G005",
            "the report has no submission `zoe`",
        ),
        (["r.json", "--check", "gradiant.reference", "--submission", "ada"], "G006", "it has gradient.reference"),
        (["r.json", "--check", "gradient", "--submission", "ada"], "G006", "the report has no check `gradient`"),
        (
            ["r.json", "--check", "gradient.reference", "--submission", "ada", "--case", "generic[3]"],
            "G007",
            "it has generic[0] to generic[2], or by number 0 to 2",
        ),
        (["r.json", "--check", "gradient.reference", "--submission", "ada", "--case", "3"], "G007", "no case `3`"),
    ],
)
def test_a_name_that_is_not_there_is_told_with_those_that_are(room, capsys, words, code, says):
    report("class")
    assert replay(*words) == 2
    out, err = said(capsys)
    assert out == ""
    assert f"error[{code}]" in err
    assert says in err
    assert "1 error" in err


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("grader-report/1", "grader-report/2", 'its schema is "grader-report/2"'),
        ("grader-report/1", "grader-feedback/1", "feedback of a batch is for reading; grade"),
        ('"schema": "grader-report/1",', "", "it states no schema"),
        ('"seed": 1', '"seed": "one"', "`seed.int`"),
        ('"total_s": ', '"total_s": NaN, "again_s": ', "this report is damaged"),
    ],
)
def test_a_report_that_is_none_is_said_to_be_one(room, capsys, old, new, says):
    path = Path(report("class/ada.py"))
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    assert replay("r.json", "--check", "gradient.reference") == 2
    _, err = said(capsys)
    assert "error[G004]" in err
    assert says in err


def test_a_json_file_that_is_no_report_is_said_to_be_none(room, capsys):
    Path("list.json").write_text("[1]")
    assert replay("list.json", "--check", "a.b") == 2
    assert "it states no schema" in said(capsys)[1]


def test_a_submission_that_has_gone_is_said_to_be_missing(room, capsys):
    report("class/ada.py")
    (room / "class" / "ada.py").unlink()
    assert replay("r.json", "--check", "gradient.reference") == 2
    assert "error[G009]: the submission of ada is not there any more" in said(capsys)[1]


def test_a_trusted_module_that_fails_now_is_the_rubrics_fault(room, capsys):
    report("class/ada.py")
    rubric = room / "small" / "rubric.toml"
    rubric.write_text(rubric.read_text().replace('reference = "answers:gradient"', 'reference = "answers:fails"'))
    assert replay("r.json", "--check", "gradient.reference") == 2
    assert "error[R" in said(capsys)[1]


def test_a_check_that_the_rubric_has_no_longer_is_told(room, capsys):
    report("class/ada.py")
    rubric = room / "small" / "rubric.toml"
    rubric.write_text(rubric.read_text().replace('kind = "purity"\n', 'kind = "purity"\nid = "pure"\n'))
    assert replay("r.json", "--check", "gradient.purity") == 2
    assert "the rubric has no check `gradient.purity`" in said(capsys)[1]


@pytest.mark.parametrize("fault", ["unavailable", "broken", "unreadable"])
def test_what_is_not_the_submissions_fault_has_a_status_of_its_own(room, capsys, monkeypatch, fault):
    report("class/ada.py")

    def refused(request):
        if fault == "unavailable":
            raise SandboxUnavailableError("level A is not to be had", missing=("namespaces",), help="type less")
        raise SandboxFaultError("it broke down")

    def locked(path, student, sha256, functions):
        return Submission(
            path=path, student=student, sha256=sha256, chunks=(), problem="ada.py is locked", unreadable=True
        )

    monkeypatch.setattr("grader.cli.replay.replay", refused)
    if fault == "unreadable":
        monkeypatch.setattr("grader.cli.replay.load_again", locked)
    assert replay("r.json", "--check", "gradient.reference") == 3
    out, err = said(capsys)
    assert out == ""
    assert {"unavailable": "missing: namespaces type less", "broken": "it broke down", "unreadable": "is locked"}[
        fault
    ] in err


def test_a_submission_that_was_not_graded_can_be_replayed_by_the_rubrics_names(room, capsys):
    data = json.loads(Path(report("class/ada.py")).read_text())
    data["submissions"][0] |= {"status": "not_graded", "score": None, "problems": [], "reason": "a fault of ours"}
    Path("r.json").write_text(json.dumps(data))
    assert replay("r.json", "--check", "gradient.reference") == 0
    assert replay("r.json", "--check", "gradient.else") == 2
    assert "the rubric has no check `gradient.else`" in said(capsys)[1]


def test_help_has_examples_and_the_exit_status(capsys):
    assert main(["replay", "--help"]) == 0
    out = capsys.readouterr().out
    assert "examples:" in out
    assert "exit status:" in out
    assert main(["replay"]) == 2


def test_what_a_trusted_module_prints_does_not_stand_in_the_script(room, capsys):
    answers = room / "small" / "trusted" / "answers.py"
    answers.write_text(answers.read_text().replace("def gradient(x):", "def gradient(x):\n    print('a trace')"))
    report("class/bob.py")
    capsys.readouterr()
    assert replay("r.json", "--check", "gradient.reference", "--print-python") == 1
    out, err = said(capsys)
    compile(out, "again.py", "exec")
    assert "a trace" not in out
    assert "a trace" in err
