"""A run speaks the language that was asked for, and finds, decides and counts the same in every language."""

import json
import shutil
from pathlib import Path

import pytest

from grader.cli.main import main
from grader.words import as_written, at_hand, catalogue_of, in_language, language_in_force, languages, say

ROOT = Path(__file__).parents[2]
OWN = """
import numpy as np
def softmax_forward(Y):
    return None
def softmax_VJP(Z_bar, Z):
    return np.zeros((1, 1, 1))
def grad_mu(X, pi, mu, Sigma):
    return [[1.0], [1.0, 2.0]]
def grad_pi(X, pi, mu, Sigma):
    return X[99]
grad_Sigma = 3
"""
COPIED = ("wrong_grad_mu_mean_over_samples.py", "wrong_softmax_VJP_changes_its_input.py", "seed_transcribed.py")
NAMES = {"grader_version", "id", "kind", "verdict", "outcome", "path", "sha256", "student", "status", "level", "schema"}
"""Keys of texts that no language changes."""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A rubric, its trusted folder, and wrong answers of several kinds."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "reference", folder / "reference", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "rubrics").mkdir()
    shutil.copy(ROOT / "rubrics" / "cs280_hw1.toml", folder / "rubrics" / "hw.toml")
    (folder / "in").mkdir()
    for name in COPIED:
        shutil.copy(ROOT / "submissions" / name, folder / "in" / name)
    (folder / "in" / "own.py").write_text(OWN, encoding="utf-8")
    (folder / "in" / "no_text.py").write_bytes(b"x = '\xff'\n")
    return folder


def graded(course, out, *more):
    command = ["grade", str(course / "in"), "--rubric", str(course / "rubrics" / "hw.toml"), "--isolation", "none"]
    command += ["--only", "grad_mu", "--only", "softmax_VJP"]
    main([*command, "--format", "json", "--output", str(out), *more])
    return json.loads(out.read_text(encoding="utf-8"))


def facts(report):
    """Return a report without its words and its times."""
    match report:
        case dict():
            kept = {k: v for k, v in report.items() if not isinstance(v, str) or k in NAMES}
            return {k: facts(v) for k, v in kept.items() if k not in {"timings", "notes", "plan"}}
        case list():
            return [facts(each) for each in report]
        case _:
            return report


@pytest.fixture(scope="module")
def in_english(course):
    return graded(course, course / "en.json")


@pytest.mark.parametrize("language", [name for name in languages() if name != "en"])
def test_nothing_but_the_words_depends_on_the_language(course, in_english, language):
    other = graded(course, course / f"{language}.json", "--language", language)
    assert (in_english["language"], other["language"]) == ("en", language)
    assert facts(in_english) == facts(other)
    words, own = json.dumps(in_english), json.dumps(other, ensure_ascii=False)
    assert "is not UTF-8 text" in words
    assert "is not UTF-8 text" not in own
    ours = [c["message"] for s in in_english["submissions"] for p in s["problems"] for c in p["checks"]]
    theirs = [c["message"] for s in other["submissions"] for p in s["problems"] for c in p["checks"]]
    assert len(ours) == len(theirs) > 50
    assert all(a != b for a, b in zip(ours, theirs, strict=True))


def test_the_rubric_may_name_a_file_beside_it(course, tmp_path):
    folder = tmp_path / "moved"
    shutil.copytree(course, folder)
    rubric = folder / "rubrics" / "hw.toml"
    own = 'language = "fr"\nname = "français"\n[finding]\nwrong_values = "faux {times}"\n'
    (folder / "rubrics" / "fr.toml").write_text(own, encoding="utf-8")
    text = rubric.read_text(encoding="utf-8")
    rubric.write_text(text.replace("\ntrusted =", '\nlanguage = "fr.toml"\ntrusted =', 1), encoding="utf-8")
    report = graded(folder, tmp_path / "fr.json")
    assert report["language"] == "fr"
    assert "faux in all 12 cases" in json.dumps(report)


@pytest.mark.parametrize("named", ["xx", "no/such.toml"])
def test_a_language_that_is_not_there_is_refused_before_anything_runs(course, capsys, named):
    command = ["grade", str(course / "in"), "--rubric", str(course / "rubrics" / "hw.toml"), "--language", named]
    assert main(command) == 2
    assert "error[G032]" in capsys.readouterr().err


def test_the_page_of_a_stored_report_is_in_its_language(tmp_path):
    own = tmp_path / "fr.toml"
    own.write_text('language = "fr"\nname = "français"\n[label]\nlikely = "sans doute"\n', encoding="utf-8")
    with as_written("de"):
        assert language_in_force() == "de"
    with as_written("fr"):
        assert language_in_force() == "en"
    with at_hand(str(own)):
        assert language_in_force() == "en"
        with as_written("fr"):
            assert (language_in_force(), say("label.likely")) == ("fr", "sans doute")
    with in_language(str(own)), as_written("fr"):
        assert say("label.likely") == "sans doute"
    assert catalogue_of("en").language == language_in_force()


def test_a_class_gets_its_feedback_in_the_words_of_a_file_and_the_lecturer_reads_english(course, tmp_path):
    own = tmp_path / "fr.toml"
    text = 'language = "fr"\nname = "français"\n[finding]\nmissing = "`{function}` manque"\n[label]\nalso = "aussi"\n'
    own.write_text(text, encoding="utf-8")
    rubric, out, hand_ins = str(course / "rubrics" / "hw.toml"), tmp_path / "out", tmp_path / "in"
    hand_ins.mkdir()
    for name in ("own.py", "wrong_grad_mu_mean_over_samples.py"):
        shutil.copy(course / "in" / name, hand_ins / name)
    command = ["batch", str(hand_ins), "--rubric", rubric, "--out", str(out), "--isolation", "none", "--jobs", "1"]
    assert main([*command, "--language", str(own)]) == 0
    page = (out / "feedback" / "own.html").read_text(encoding="utf-8")
    assert '<html lang="fr">' in page
    assert "grad_pi_constrained` manque" in page
    assert "<dt>aussi</dt>" in "".join(path.read_text(encoding="utf-8") for path in (out / "feedback").glob("*.html"))
    assert '<html lang="en">' in (out / "report.html").read_text(encoding="utf-8")
    # What was put into other words is graded again.
    assert main([*command, "--language", "de"]) == 0
    assert '<html lang="de">' in (out / "feedback" / "own.html").read_text(encoding="utf-8")


def test_a_cluster_is_not_sent_the_name_of_a_file_that_it_may_not_see(course, tmp_path, capsys):
    own = tmp_path / "fr.toml"
    own.write_text('language = "fr"\nname = "français"\n', encoding="utf-8")
    command = [
        "batch",
        str(course / "in"),
        "--rubric",
        str(course / "rubrics" / "hw.toml"),
        "--out",
        str(tmp_path / "o"),
    ]
    assert main([*command, "--executor", "dask", "--scheduler", "tcp://127.0.0.1:1", "--language", str(own)]) == 2
    assert "error[G011]: the workers of a Dask cluster may not see the file of messages" in capsys.readouterr().err
