"""Checks as tests of pytest: the same verdicts, words and report as ``grader grade``, however they are spread."""

import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from grader import pytest_plugin
from grader.cli import main
from grader.pytest_plugin import hooks  # noqa: F401 - brings numpy, which nested runs cannot import twice

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "integration" / "small" / "rubric.toml"
RIGHT = """\
def gradient(x):
    return 2 * x
def column_sums(A):
    return A.sum(axis=0, keepdims=True)
"""
WRONG = "print('hello from ada')\n" + RIGHT.replace("2 * x", "x")
CHECKS = ("gradient::reference", "gradient::finite_difference", "gradient::purity", "column_sums::reference")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "ada.py").write_text(WRONG)
    (tmp_path / "bob.py").write_text(RIGHT)
    return tmp_path


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(pytester, tmp_path, monkeypatch):
    """Run pytest with no plugin but ours; in a process of its own where several processes are asked for."""
    # Whether or not the package is installed, with its entry point.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "GRADER_SECRET_SEED"):
        monkeypatch.delenv(name, raising=False)

    def run(*words, rubric=SMALL, isolation="none", status=None, folder=tmp_path, apart=False):
        monkeypatch.chdir(folder)
        grader = [f"--grader-isolation={isolation}"]
        # With `=`, so that pytest does not take the rubric's folder for where its own settings are.
        grader += [f"--grader-rubric={rubric}"] if rubric else []
        several = "-n" in words
        if several or apart:
            plugins = ["-p", "grader.pytest_plugin", *(["-p", "xdist"] if several else [])]
            found = pytester.runpytest_subprocess(*plugins, *grader, *map(str, words))
        else:
            found = pytester.runpytest_inprocess(*grader, *map(str, words), plugins=[pytest_plugin])
        done = Done(returncode=int(found.ret), stdout=found.stdout.str(), stderr=found.stderr.str())
        if status is not None:
            assert done.returncode == status, done.stdout + done.stderr
        return done

    return run


def verdicts(done):
    """Return what became of each test, by its id, from the output of ``-rA``."""
    found = re.findall(r"^(PASSED|FAILED|ERROR|SKIPPED) (\S+)", done.stdout, re.MULTILINE)
    return {name: word for word, name in found}


def report(path):
    text = path.read_text(encoding="utf-8")
    head, _, _ = text.partition('"timings"')
    return head, json.loads(text)


def graded(folder, *words, rubric=SMALL):
    """Return the report of ``grader grade``, without its timings, and as it is."""
    out = folder / "graded.json"
    main(["grade", *map(str, words), "--rubric", str(rubric), "--isolation", "none", "--format", "json",
          "--output", str(out)])  # fmt: skip
    return report(out)


WORD = {"agrees": "PASSED", "disagrees": "FAILED"}


def told(data, names=None):
    """Return what pytest should say of each check of a report."""
    return {
        f"{submission['student']}::{check['id'].replace('.', '::')}": WORD[check["verdict"]]
        for submission in data["submissions"]
        for problem in submission["problems"]
        for check in problem["checks"]
    }


def test_each_check_is_a_test_that_ends_as_it_is_graded(run, folder, monkeypatch):
    done = run("--grader-submission", "ada.py", "bob.py", "--grader-json", "out.json", "-rA", status=1)
    monkeypatch.chdir(folder)
    text, data = graded(folder, "ada.py", "bob.py")
    assert verdicts(done) == told(data)
    assert set(verdicts(done)) == {f"{who}::{check}" for who in ("ada", "bob") for check in CHECKS}
    assert report(folder / "out.json")[0] == text


@pytest.mark.parametrize("how", ["load", "loadgroup", "default"])
def test_the_report_is_the_same_however_the_tests_are_spread_over_processes(run, folder, monkeypatch, how):
    words = ["-n", "2", "-v", *(["--dist", how] if how != "default" else [])]
    paths = ("ada.py", "bob.py")
    done = run("--grader-submission", *paths, "--grader-json", "out.json", "-rA", *words, status=1)
    monkeypatch.chdir(folder)
    text, data = graded(folder, *paths)
    assert report(folder / "out.json")[0] == text
    # pytest-xdist itself adds `@group` to ids where it is told to go by groups.
    assert {name.partition("@")[0]: word for name, word in verdicts(done).items()} == told(data)
    assert re.search(r"^ada  \d+ / 20$", done.stdout, re.MULTILINE)
    if how == "default":
        workers = {name: set() for name in ("ada", "bob")}
        for worker, name in re.findall(r"\[(gw\d)\].*? (ada|bob)::", done.stdout):
            workers[name].add(worker)
        assert [len(found) for found in workers.values()] == [1, 1]
        assert "@" not in "".join(verdicts(done))


def test_the_course_s_own_rubric_is_graded_alike(run, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    rubric, path = "rubrics/cs280_hw1.toml", "submissions/seed_transcribed.py"
    out = tmp_path / "out.json"
    words = ["--grader-submission", path, "--grader-json", out, "-rA", "-n", "2", "-p", "no:cacheprovider"]
    done = run(*words, rubric=rubric, folder=ROOT, status=1)
    text, data = graded(tmp_path, path, rubric=rubric)
    assert verdicts(done) == told(data)
    assert len(verdicts(done)) == sum(len(p["checks"]) for p in data["submissions"][0]["problems"])
    assert report(out)[0] == text


def test_a_failure_is_told_in_our_words_and_without_a_traceback(run, folder):
    done = run("--grader-submission", "ada.py", "-k", "finite_difference", status=1)
    assert "wrong in all 3 cases" in done.stdout
    for words in ("smallest failing input", "gradient(x)", "got ", "expected ", "the factor 2 is missing", "again"):
        assert words in done.stdout
    assert "Traceback" not in done.stdout
    assert ".py:" not in done.stdout.partition("scores")[0]
    assert "printed by the submission" in done.stdout
    assert "hello from ada" in done.stdout
    assert "1 of its 4 checks were selected; the score is of all" in done.stdout


def test_k_and_lf_and_collect_only_work_as_everyone_knows(run, folder):
    base = ("--grader-submission", "ada.py", "bob.py")
    listed = run(*base, "--collect-only", "-q", "--grader-json", "out.json", status=0).stdout
    assert [f"{who}::{check}" for who in ("ada", "bob") for check in CHECKS] == listed.split()[:8]
    assert not (folder / "out.json").exists()
    some = run(*base, "-k", "bob and reference", "-rA", status=0)
    assert set(verdicts(some)) == {"bob::gradient::reference", "bob::column_sums::reference"}
    everything = verdicts(run(*base, "-rA", status=1))
    again = run(*base, "--lf", "-rA", status=1)
    assert verdicts(again) == {name: word for name, word in everything.items() if word == "FAILED"}


def test_junit_names_each_check_and_holds_our_words(run, folder):
    run("--grader-submission", "ada.py", "--junitxml", "out.xml", status=1)
    cases = {f"{c.get('classname')}.{c.get('name')}": c for c in ET.parse(folder / "out.xml").iter("testcase")}
    assert set(cases) == {f"ada.{check.replace('::', '.')}" for check in CHECKS}
    failure = cases["ada.gradient.reference"].find("failure")
    assert "wrong in all 3 cases" in failure.text
    assert cases["ada.column_sums.reference"].find("failure") is None


def test_what_the_numbers_cannot_tell_is_skipped_and_its_points_wait(run, folder):
    # Off by more than rounding surely is, and by less than a mistake surely is.
    source = "import numpy as np\n" + RIGHT.replace("return 2 * x", "return 2 * x + 48 * np.spacing(2 * x)")
    (folder / "eve.py").write_text(source)
    done = run("--grader-submission", "eve.py", "-rA", status=0)
    assert "3 passed, 1 skipped" in done.stdout
    assert "8 points undecided, for a person to give: the numbers cannot tell" in done.stdout.replace("\n", " ")
    assert re.search(r"eve  \d+ / 20, and \d+ points undecided, for a person to give", done.stdout)


def test_what_is_not_graded_through_our_fault_is_an_error_with_its_reason(run, folder):
    # Two files that could each be the answer: a person chooses.
    (folder / "class" / "eve").mkdir(parents=True)
    for name in ("one.py", "two.py"):
        (folder / "class" / "eve" / name).write_text(RIGHT)
    done = run("--grader-submission", "class", "--grader-json", "out.json", "-rA")
    assert done.returncode == 1, done.stdout
    assert set(verdicts(done).values()) == {"ERROR"}
    assert "fault: ours" in done.stdout
    assert "eve  not graded: " in done.stdout
    (submission,) = report(folder / "out.json")[1]["submissions"]
    assert submission["status"] == "not_graded"


def test_a_rubric_that_cannot_be_drawn_is_an_error_that_names_it(run, folder, tmp_path):
    shutil.copytree(SMALL.parent, tmp_path / "small")
    rubric = tmp_path / "small" / "rubric.toml"
    rubric.write_text(rubric.read_text().replace('"answers:column_sums"', '"answers:hungry"').replace(
        '"answers:gradient"', '"answers:fails"'))  # fmt: skip
    done = run("--grader-submission", "bob.py", "--grader-json", "out.json", rubric=rubric, status=1)
    assert "the rubric cannot be used" in done.stdout
    assert "out.json was not written" in done.stdout
    assert not (folder / "out.json").exists()


@pytest.mark.parametrize(
    ("words", "rubric", "says"),
    [
        (["--grader-submission", "nobody.py"], SMALL, "nobody.py"),
        (["--grader-submission", "ada.py"], "nothing.toml", "there is no such file"),
        (["--grader-submission", "ada.py"], None, "--grader-submission needs a rubric"),
        ([], SMALL, "--grader-rubric needs submissions"),
        (["--grader-json", "out.json"], None, "--grader-json needs submissions"),
        (["--grader-submission", "ada.py", "--grader-only", "nothing"], SMALL, "there is no check `nothing`"),
        (["--grader-submission", "ada.py", "--grader-json", "no/where.json"], SMALL, "there is no folder"),
        (["--grader-submission", "ada.py", "--grader-seed", "-1"], SMALL, "not a whole number"),
    ],
)
def test_what_cannot_be_used_is_said_before_anything_runs(run, folder, words, rubric, says):
    done = run(*words, rubric=rubric, status=4)
    assert says in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_a_report_that_cannot_be_written_is_said_and_ends_the_run_in_another_status(run, folder):
    (folder / "out.json").mkdir()
    done = run("--grader-submission", "bob.py", "--grader-json", "out.json", status=4)
    assert "cannot be written" in done.stdout
    assert "bob  20 / 20" in done.stdout


def test_settings_stand_in_the_configuration_and_the_course_s_own_tests_run_beside(run, folder):
    (folder / "hw").mkdir()
    shutil.move(folder / "bob.py", folder / "hw" / "test_bob.py")
    (folder / "test_own.py").write_text("def test_own():\n    pass\n")
    rubric = os.path.relpath(SMALL, folder)
    (folder / "pytest.ini").write_text(
        f"[pytest]\ngrader_rubric = {rubric}\ngrader_submissions =\n    hw/test_bob.py\n    ada.py\n"
    )
    both = verdicts(run("-rA", rubric=None, status=1))
    assert set(both) == {f"{who}::{check}" for who in ("test_bob", "ada") for check in CHECKS} | {
        "test_own.py::test_own"
    }
    named = verdicts(run("test_own.py", "-rA", rubric=None, status=0))
    assert set(named) == {"test_own.py::test_own"}
    typed = verdicts(run("-rA", "--grader-submission", "ada.py", rubric=None, status=1))
    assert set(typed) == {f"ada::{check}" for check in CHECKS}


def test_a_submission_is_never_imported_by_pytest(run, folder):
    (folder / "test_mallory.py").write_text(RIGHT + "def test_passes():\n    pass\n")
    (folder / "pytest.ini").write_text(f"[pytest]\ngrader_rubric = {SMALL}\ngrader_submissions = test_mallory.py\n")
    everything = verdicts(run("-rA", rubric=None, status=0))
    assert set(everything) == {f"test_mallory::{check}" for check in CHECKS}
    named = verdicts(run("-rA", "test_mallory.py", rubric=None, status=0))
    assert named == everything
    one = verdicts(run("-rA", "test_mallory.py::gradient::purity", rubric=None, status=0))
    assert set(one) == {"test_mallory::gradient::purity"}


def test_warnings_as_errors_are_for_the_tests_of_the_course_and_change_no_verdict(run, folder, tmp_path):
    shutil.copytree(SMALL.parent, tmp_path / "small")
    answers = tmp_path / "small" / "trusted" / "answers.py"
    answers.write_text(
        "import warnings\n" + answers.read_text().replace("    return 2 *", "    warnings.warn('old')\n    return 2 *")
    )
    done = run("--grader-submission", "bob.py", "-W", "error", rubric=tmp_path / "small" / "rubric.toml")
    assert "4 passed" in done.stdout, done.stdout


def test_two_submissions_of_one_name_are_told_apart_by_their_paths(run, folder):
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "hw1.py").write_text(RIGHT)
    paths = ("a/hw1.py", "b/hw1.py", "ada.py")
    listed = run("--grader-submission", *paths, "--collect-only", "-q", status=0).stdout
    assert {line.partition("::")[0] for line in listed.split()[:12]} == {"a/hw1.py", "b/hw1.py", "ada"}


def test_the_seed_and_the_part_that_were_asked_for_are_those_of_grader_grade(run, folder, monkeypatch):
    words = ["--grader-seed", "7", "--grader-only", "gradient.purity", "--grader-json", "out.json", "-rA"]
    done = run("--grader-submission", "ada.py", *words, status=1)
    monkeypatch.chdir(folder)
    text, _ = graded(folder, "ada.py", "--seed", "7", "--only", "gradient.purity")
    assert report(folder / "out.json")[0] == text
    assert "ada::column_sums::reference" not in verdicts(done)


def test_a_secret_seed_of_the_environment_is_not_told(run, folder, monkeypatch):
    monkeypatch.setenv("GRADER_SECRET_SEED", "0123456789abcdef0123456789abcdef")
    run("--grader-submission", "bob.py", "--grader-json", "out.json", status=0)
    assert report(folder / "out.json")[1]["seed"].startswith("sha256:")


def test_without_a_rubric_the_plugin_does_nothing_and_imports_nothing_heavy(run, folder):
    (folder / "test_own.py").write_text(
        "import sys\ndef test_own():\n    assert not {'numpy', 'pydantic', 'rich', 'grader.cli'} & set(sys.modules)\n"
    )
    done = run("test_own.py", rubric=None, status=0, apart=True)
    assert "scores" not in done.stdout


def test_the_package_says_to_pytest_that_it_is_a_plugin():
    text = (ROOT / "pyproject.toml").read_text()
    assert '[project.entry-points.pytest11]\ngrader = "grader.pytest_plugin"\n' in text
