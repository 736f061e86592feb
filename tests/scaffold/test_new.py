"""``grader new``: what it writes works at once under any name, and it overwrites nothing."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from grader.cli import main
from grader.scaffold.layout import FILES


def names_below(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def graded(folder, report):
    names = [str(folder / name) for name in ("examples", "starter.py")]
    rubric = ["--rubric", str(folder / "rubric.toml"), "--isolation", "none"]
    assert main(["grade", *names, *rubric, "--format", "json", "--output", str(report)]) == 1
    return {one["student"]: one for one in json.loads(report.read_text())["submissions"]}


# The second is a name that a trusted module has already.
@pytest.mark.parametrize("function", ["gradient", "penalty_missing"])
def test_the_right_answer_earns_all_the_wrong_one_is_named_and_the_starter_earns_nothing(function, tmp_path):
    folder = tmp_path / "a" / "ridge"
    assert main(["new", "ridge", "--function", function, "--out", str(folder)]) == 0
    scores = graded(folder, tmp_path / "report.json")
    assert {name: (one["score"], one["undecided"]) for name, one in scores.items()} == {
        "right": (10, 0),
        "wrong": (3, 0),
        "starter": (0, 0),
    }
    (problem,) = scores["wrong"]["problems"]
    assert (problem["function"], problem["reason"]) == (function, "the gradient of the penalty is missing")


def test_every_file_is_told_and_made_and_nothing_is_left_to_fill_in(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["new", "Hw_3"]) == 0
    told = capsys.readouterr().out
    assert names_below(tmp_path / "Hw_3") == set(FILES)
    assert {path + ".jinja" for path in FILES} == names_below(Path(str(files("grader.scaffold") / "template")))
    for path in FILES:
        text = (tmp_path / "Hw_3" / path).read_text()
        assert "{{" not in text
        assert "}}" not in text
        assert path in told
        if path.endswith(".py"):
            compile(text, path, "exec")
    assert 'id = "Hw_3"' in (tmp_path / "Hw_3" / "rubric.toml").read_text()


@pytest.mark.parametrize(
    ("words", "says", "help_"),
    [
        (["hw-3"], "`hw-3` is no name for NAME", "`hw_3`"),
        (["3rd"], "`3rd` is no name for NAME", "`hw_3rd`"),
        ([""], "`` is no name for NAME", "`hw_`"),
        (["../hw"], "`../hw` is no name for NAME", "`hw`"),
        (["größe"], "`größe` is no name for NAME", "`gr_e`"),
        (["x" * 81], "NAME is 81 characters long", "`" + "x" * 20 + "`"),
        (["hw", "--function", "lambda"], "`lambda` is a word of Python's own", "`lambda_`"),
        (["hw", "--function", "np"], "`np` stands for something else", "`np_gradient`"),
        (["hw", "--function", "penalty"], "`penalty` stands for something else", "`penalty_gradient`"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_one_that_can(words, says, help_, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["new", *words]) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert "error[G050]" in told
    assert says in told
    assert f"help: for example {help_}" in told
    assert not names_below(tmp_path)


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path, capsys):
    (tmp_path / "hw").mkdir()
    (tmp_path / "hw" / "mine.txt").write_text("mine")
    assert main(["new", "hw", "--out", str(tmp_path / "hw")]) == 2
    assert "error[G051]" in capsys.readouterr().err
    assert names_below(tmp_path) == {"hw/mine.txt"}


def test_an_empty_folder_is_filled_and_a_file_in_its_place_is_refused(tmp_path, capsys):
    (tmp_path / "hw").mkdir()
    assert main(["new", "hw", "--out", str(tmp_path / "hw")]) == 0
    (tmp_path / "file").write_text("mine")
    assert main(["new", "hw", "--out", str(tmp_path / "file")]) == 2
    assert "error[G051]" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "mine"


def test_lint_finds_nothing_and_every_wrong_answer_of_the_audit_loses_points(tmp_path, capsys):
    rubric = str(tmp_path / "ridge" / "rubric.toml")
    assert main(["new", "ridge", "--out", str(tmp_path / "ridge")]) == 0
    assert main(["lint", "--strict", rubric]) == 0
    # All mutants and one other seed: what more seeds show is a matter of the audit, not of this rubric.
    assert main(["audit", rubric, "--seeds", "1", "--no-cache"]) == 0
