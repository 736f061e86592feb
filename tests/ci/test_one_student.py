"""A path that is one student's work, whatever kind of path it is, and where its functions stand in it."""

import zipfile

import pytest

from grader.loading.lines import Spot, spot_of_function, spot_of_source
from grader.loading.one_student import load_one
from grader.model.diagnostic import DiagnosedError
from tests.ci.small import RIGHT

FUNCTIONS = ("gradient", "column_sums")


def one(path):
    return load_one(str(path), functions=FUNCTIONS)


def test_a_folder_an_archive_and_a_file_are_the_same_answer(tmp_path):
    folder = tmp_path / "ada"
    folder.mkdir()
    (folder / "hw1.py").write_text(RIGHT)
    (folder / "plot.py").write_text("x = 1\n")
    with zipfile.ZipFile(tmp_path / "ada.zip", "w") as archive:
        archive.write(folder / "hw1.py", "hw1.py")
        archive.write(folder / "plot.py", "plot.py")
    found = [one(folder), one(tmp_path / "ada.zip")]
    assert [each.chunks for each in found] == [one(folder / "hw1.py").chunks] * 2
    assert [[name for name, _ in each.modules] for each in found] == [["plot"], ["plot"]]
    assert {each.student for each in found} == {"ada"}


@pytest.mark.parametrize("data", [b"no archive", b"PK\x03\x04cut"])
def test_an_archive_that_cannot_be_opened_is_the_students_to_mend(tmp_path, data):
    (tmp_path / "ada.zip").write_bytes(data)
    found = one(tmp_path / "ada.zip")
    assert not found.unreadable
    assert found.problem.startswith("ada.zip is not a zip archive")


def test_an_archive_that_is_too_large_is_not_opened(tmp_path, monkeypatch):
    (tmp_path / "ada.zip").write_bytes(b"x" * 100)
    monkeypatch.setitem(__import__("grader.loading.files", fromlist=["files"]).MAX_BYTES, ".zip", 10)
    assert "is larger than" in one(tmp_path / "ada.zip").problem


@pytest.mark.parametrize("name", ["nothing.py", "nul\0.py", "notes.txt"])
def test_what_is_no_submission_is_said_to_be_none(tmp_path, name):
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(DiagnosedError):
        one(f"{tmp_path}/{name}")


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("def gradient(x): ...\n", 1),
        ("\n\nasync  def\tgradient (x): ...\n", 3),
        ("def gradient(x): ...\n\ndef gradient(x): ...\n", 3),
        ("x = 1\ngradient = lambda x: x\n", 2),
        ("if True:\n    def gradient(x): ...\n", 2),
        ("def gradient_of(x): ...\n", 1),
        ("from part import gradient\n", 1),
    ],
)
def test_a_function_stands_where_python_would_take_it_from(tmp_path, source, line):
    (tmp_path / "hw1.py").write_text(source)
    assert spot_of_function(one(tmp_path / "hw1.py"), "gradient") == Spot(path=f"{tmp_path}/hw1.py", line=line)


def test_a_place_that_is_not_the_submissions_is_none(tmp_path):
    (tmp_path / "hw1.py").write_text(RIGHT)
    submission = one(tmp_path / "hw1.py")
    for source in ("", "other.py line 3: x", "hw1.py", "hw1.py line x: y", "hw1.py line 99999999999: y"):
        assert spot_of_source(submission, source) is None
    assert spot_of_source(submission, "hw1.py line 4: x line 9: y") == Spot(path=f"{tmp_path}/hw1.py", line=4)
