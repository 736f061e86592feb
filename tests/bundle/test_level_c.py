"""Level C is taken in a container only: where it was accepted, A and B fail, and C is proved."""

import json
import sys

import pytest

from grader.cli import main
from grader.grading import engine
from grader.sandbox import SandboxUnavailableError
from tests.ci.small import RIGHT, small

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="levels are Linux's")


@pytest.fixture
def asked(monkeypatch):
    """A machine on which only the levels of the list `proved` can be had."""
    proved, asked, real = ["C"], [], engine.open_sandbox

    def open_sandbox(*, isolation, **more):
        asked.append(isolation)
        if isolation not in proved:
            raise SandboxUnavailableError("not here", missing=("level",), help="elsewhere")
        return real(isolation=isolation, **more)

    monkeypatch.setattr(engine, "open_sandbox", open_sandbox)
    return proved, asked


def graded(tmp_path, *more):
    (tmp_path / "hw1.py").write_text(RIGHT)
    words = ["--rubric", str(small(tmp_path / "r")), "--format", "gradescope", "--output", str(tmp_path / "out.json")]
    status = main(["grade", str(tmp_path / "hw1.py"), *words, *more])
    return status, json.loads((tmp_path / "out.json").read_text())


def test_level_c_is_taken_where_it_is_accepted_and_stands_in_the_results(tmp_path, asked, capsys):
    status, data = graded(tmp_path, "--accept-c")
    assert (status, data["score"]) == (0, 20)
    assert asked[1] == ["auto", "C"]
    assert data["extra_data"]["isolation"] == "C"
    assert "graded: level C: " in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["--accept-c", "--isolation", "B"]])
def test_level_c_is_not_taken_unasked(tmp_path, asked, words):
    status, data = graded(tmp_path, *words)
    assert status == 3
    assert "score" not in data


def test_where_not_even_c_is_proved_nothing_is_run(tmp_path, asked, capsys):
    asked[0].clear()
    status, data = graded(tmp_path, "--accept-c")
    assert status == 3
    assert "score" not in data
    assert "level" not in data["output"]
    assert "not graded: not here" in capsys.readouterr().err
