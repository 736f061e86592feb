"""``grader grade`` as it is typed: exit status, formats, files, and every fault of a path or a rubric at once."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from grader.cli import main
from grader.cli.main import _parser
from grader.reporting.json_report import from_json, schema

ROOT = Path(__file__).parents[2]
SMALL = str(ROOT / "tests" / "integration" / "small" / "rubric.toml")
RIGHT = """\
import numpy as np
def gradient(x):
    return 2 * x
def column_sums(A):
    return A.sum(axis=0, keepdims=True)
"""
WRONG = RIGHT.replace("2 * x", "3 * x")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "ada.py").write_text(RIGHT)
    (tmp_path / "bob.py").write_text(WRONG)
    return tmp_path


def copied_rubric(to, *changes):
    """Copy the small assignment, with some of its text replaced."""
    shutil.copytree(Path(SMALL).parent, to / "small")
    rubric = to / "small" / "rubric.toml"
    text = rubric.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    rubric.write_text(text)
    return rubric


def grade(*words):
    return main(["grade", *map(str, words), "--isolation", "none"])


@pytest.mark.parametrize(("name", "status"), [("ada.py", 0), ("bob.py", 1)])
def test_the_exit_status_says_whether_points_were_lost(folder, capsys, name, status):
    assert grade(folder / name, "--rubric", SMALL) == status
    out = capsys.readouterr().out
    assert "20 / 20" in out or "8 / 20" in out


def test_several_submissions_print_a_table(folder, capsys):
    assert grade(folder, "--rubric", SMALL) == 1
    out = capsys.readouterr().out
    assert "ada" in out
    assert "bob" in out
    assert "2 graded" in out


def test_the_json_report_satisfies_the_published_schema_and_comes_back_whole(folder, capsys):
    assert grade(folder, "--rubric", SMALL, "--format", "json") == 1
    text = capsys.readouterr().out
    data = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))
    jsonschema.validate(data, schema())
    assert data["schema"] == "grader-report/1"
    assert [s["score"] for s in data["submissions"]] == [20, 8]
    assert from_json(text).submissions[1].problems[0].reason.startswith("your answer is 1.5 times the right one")


def test_the_same_command_twice_gives_the_same_json_but_for_timings(folder, tmp_path):
    texts = []
    for jobs in ("1", "2"):
        target = tmp_path / f"{jobs}.json"
        grade(folder, "--rubric", SMALL, "--format", "json", "--output", target, "--jobs", jobs)
        data = json.loads(target.read_text())
        del data["timings"]
        texts.append(json.dumps(data))
    assert texts[0] == texts[1]


def test_output_goes_to_a_file_whole_and_the_screen_stays_empty(folder, tmp_path, capsys):
    target = tmp_path / "report.txt"
    assert grade(folder / "bob.py", "--rubric", SMALL, "--output", target) == 1
    assert capsys.readouterr().out == ""
    assert "8 / 20" in target.read_text()
    assert not list(tmp_path.glob(".report*"))


def test_a_file_that_cannot_be_written_is_said_to_be_one(folder, tmp_path, capsys):
    assert grade(folder / "ada.py", "--rubric", SMALL, "--output", tmp_path / "no" / "where.txt") == 2
    assert "error[G002]: the report cannot be written" in capsys.readouterr().err


def test_the_command_that_the_report_names_replays_the_check(folder, capsys):
    grade(folder / "bob.py", "--rubric", SMALL, "--format", "json")
    (submission,) = json.loads(capsys.readouterr().out)["submissions"]
    again = submission["problems"][0]["checks"][0]["again"].split()
    assert again[:2] == ["grader", "grade"]
    assert main([*again[1:], "--isolation", "none"]) == 1
    out = capsys.readouterr().out
    assert "gradient" in out
    assert "column_sums" not in out


def test_only_one_check_keeps_the_deciding_checks_that_it_needs(folder, capsys):
    assert grade(folder / "bob.py", "--rubric", SMALL, "--format", "json", "--only", "gradient.purity") == 1
    (submission,) = json.loads(capsys.readouterr().out)["submissions"]
    (problem,) = submission["problems"]
    assert [c["id"] for c in problem["checks"]] == [
        "gradient.reference",
        "gradient.finite_difference",
        "gradient.purity",
    ]
    assert problem["score"] == 0


def test_only_names_that_exist(folder, capsys):
    assert grade(folder / "ada.py", "--rubric", SMALL, "--only", "gradiant") == 2
    error = re.sub(r"\s+", " ", capsys.readouterr().err)
    assert "there is no check `gradiant`; there are gradient, column_sums " in error


def test_faults_of_the_rubric_and_of_the_paths_are_told_at_once(tmp_path, capsys):
    rubric = copied_rubric(tmp_path, ("points = 20", "points = 21"), ('"answers:column_sums"', '"answers:row_sums"'))
    assert grade(tmp_path / "nobody.py", "--rubric", rubric) == 2
    err = capsys.readouterr().err
    assert "there is no such file" in err
    assert "row_sums" in err
    assert "21" in err
    assert err.count("error[") == 3


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["grade"],
        ["grade", "a.py"],
        ["grade", "a.py", "--rubric", "r.toml", "--seed", "-1"],
        ["grade", "a.py", "--rubric", "r.toml", "--seed", "1.5"],
        ["grade", "a.py", "--rubric", "r.toml", "--jobs", "0"],
        ["grade", "a.py", "--rubric", "r.toml", "--isolation", "Z"],
        ["nonsense"],
    ],
)
def test_bad_usage_ends_with_2_and_a_message(words, capsys):
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out + said.err


def test_a_misconception_that_is_the_truth_is_the_rubrics_fault(tmp_path, folder, capsys):
    rubric = copied_rubric(tmp_path, ('"answers:without_two"', '"answers:gradient"'))
    assert grade(folder / "ada.py", "--rubric", rubric) == 2
    err = re.sub(r"\s+", " ", capsys.readouterr().err)
    assert err.count("error[") == 1
    assert "the misconception is the right answer itself" in err


def trusted_that(tmp_path, line, at="def gradient(x):"):
    """The small assignment, with a line more in its trusted module: first in a function, or at the top."""
    rubric = copied_rubric(tmp_path)
    answers = rubric.parent / "trusted" / "answers.py"
    source = answers.read_text()
    assert at in source
    answers.write_text(source.replace(at, f"{at}\n{'    ' if at.startswith('def') else ''}{line}", 1))
    return rubric


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("raise SystemExit(0)", "SystemExit"),
        ("return 2 * x + 0j", "complex numbers were returned"),
        ("x *= 2; return x", "read-only"),
    ],
)
def test_what_a_trusted_function_may_not_do_is_the_rubrics_fault(tmp_path, folder, capsys, line, says):
    assert grade(folder / "ada.py", "--rubric", trusted_that(tmp_path, line)) == 2
    err = re.sub(r"\s+", " ", capsys.readouterr().err)
    assert "error[R056]: the trusted function `answers:gradient` failed on" in err
    assert 'reference = "answers:gradient"' in err
    assert says in err


def test_a_trusted_module_that_ends_python_never_ends_in_full_marks(tmp_path, folder, capsys):
    rubric = trusted_that(tmp_path, "import sys; sys.exit(0)", at="import numpy as np")
    assert grade(folder / "ada.py", "--rubric", rubric) == 2
    assert "the trusted module `answers` cannot be imported" in capsys.readouterr().err


@pytest.mark.parametrize("at", ["def gradient(x):", "import numpy as np"])
def test_what_a_trusted_module_prints_does_not_stand_in_the_report(tmp_path, folder, capsys, at):
    rubric = trusted_that(tmp_path, "print('looking into it')", at=at)
    assert grade(folder / "ada.py", "--rubric", rubric, "--format", "json") == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["submissions"][0]["score"] == 20
    assert "looking into it" in said.err


def test_links_that_go_round_in_a_circle_are_told(tmp_path, folder, capsys):
    rubric = copied_rubric(tmp_path, ('trusted = "trusted"', 'trusted = "circle"'))
    (rubric.parent / "circle").symlink_to("circle")
    assert grade(folder / "ada.py", "--rubric", rubric) == 2
    assert "there is no folder `circle`" in capsys.readouterr().err


def test_version_and_help(capsys):
    assert main(["--version"]) == 0
    assert re.fullmatch(r"grader \d+\.\d+\.\d+\n", capsys.readouterr().out)
    assert main(["grade", "--help"]) == 0
    help_ = capsys.readouterr().out
    assert "examples:" in help_
    assert "exit status:" in help_


@pytest.mark.parametrize("words", [["--help"], ["-h"]])
def test_help_is_what_the_parser_would_print(words, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    assert main(words) == 0
    assert capsys.readouterr().out == _parser().format_help()


@pytest.mark.parametrize("columns", ["40", "200"])
def test_a_pipe_gets_no_colour_and_no_progress(folder, columns):
    words = [sys.executable, "-m", "grader", "grade", str(folder / "bob.py"), "--rubric", SMALL, "--isolation", "none"]
    env = {"PATH": "/usr/bin:/bin", "COLUMNS": columns, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", env=env, timeout=120, check=False)
    assert done.returncode == 1
    assert "\x1b" not in done.stdout + done.stderr
    assert done.stderr == ""
    assert "8 / 20" in done.stdout


def test_a_reader_that_goes_away_is_no_error_message(folder):
    command = f"{sys.executable} -m grader grade {folder} --rubric {SMALL} --isolation none | head -c 1"
    done = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, text=True, cwd=ROOT, timeout=120, check=False
    )
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_limits_that_are_typed_replace_the_rubrics(folder, capsys):
    (folder / "eve.py").write_text(RIGHT.replace("return 2 * x", "while True: pass"))
    assert grade(folder / "eve.py", "--rubric", SMALL, "--call-seconds", "0.3", "--format", "json") == 1
    (submission,) = json.loads(capsys.readouterr().out)["submissions"]
    assert "did not come back within 0.3 seconds" in submission["problems"][0]["checks"][0]["message"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--call-seconds", "nan"),
        ("--call-seconds", "0"),
        ("--memory-mib", "1"),
        ("--load-seconds", "x"),
        ("--printed-kib", "0"),
        ("--result-kib", "-1"),
    ],
)
def test_a_limit_that_is_none_is_bad_usage(folder, capsys, option, value):
    assert grade(folder / "ada.py", "--rubric", SMALL, option, value) == 2
    assert value in capsys.readouterr().err


def test_a_bug_of_ours_does_not_end_like_a_students_lost_points(folder, capsys, monkeypatch):
    import grader.cli.grade as command

    def broken(*_):
        msg = "a bug of ours"
        raise ZeroDivisionError(msg)

    monkeypatch.setattr(command, "_request", broken)
    assert grade(folder / "ada.py", "--rubric", SMALL) == 3
    err = capsys.readouterr().err
    assert "a bug of ours" in err
    assert "no submission is to blame" in err


def test_ctrl_c_ends_with_130_and_writes_nothing(folder, capsys, monkeypatch, tmp_path):
    import grader.cli.grade as command

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "grade", interrupted)
    target = tmp_path / "report.json"
    assert grade(folder / "ada.py", "--rubric", SMALL, "--output", target) == 130
    assert not target.exists()
    assert "interrupted" in capsys.readouterr().err


def test_a_result_larger_than_is_allowed_is_refused_and_costs_its_problem_only(folder, capsys):
    (folder / "fay.py").write_text(RIGHT.replace("return 2 * x", "return np.ones(1_000_000)"))
    assert grade(folder / "fay.py", "--rubric", SMALL, "--result-kib", "64", "--format", "json") == 1
    (submission,) = json.loads(capsys.readouterr().out)["submissions"]
    assert [p["score"] for p in submission["problems"]] == [0, 8]
    assert submission["problems"][0]["checks"][0]["outcome"] == "malformed"
