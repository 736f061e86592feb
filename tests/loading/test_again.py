"""A submission that a report names is found where it stood, however it was read then."""

import io
import zipfile

import pytest

from grader.loading.again import load_again
from grader.loading.submissions import load_submissions
from grader.model.diagnostic import DiagnosedError

FUNCTIONS = ("f",)
SOURCE = "def f(x):\n    return x\n"


def archive(**files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as out:
        for name, source in files.items():
            out.writestr(name.replace("__", "/") + ".py", source)
    return data.getvalue()


@pytest.fixture
def room(tmp_path, monkeypatch):
    """A class: files, folders, archives, and an archive of a class."""
    monkeypatch.chdir(tmp_path)
    for name in ("class/ada.py", "class/bob/hw1.py", "class/bob/more/part.py", "class/cy/hw1.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(SOURCE if "part" not in name else "y = 1\n")
    (tmp_path / "class" / "eve.zip").write_bytes(archive(hw1=SOURCE, part="y = 2\n"))
    (tmp_path / "all.zip").write_bytes(archive(gus=SOURCE, hal__hw1=SOURCE, hal__part="y = 3\n"))
    return tmp_path


def again(submission):
    return load_again(submission.path, submission.student, submission.sha256, functions=FUNCTIONS)


@pytest.mark.parametrize("paths", [["class"], ["class/ada.py"], ["all.zip"], ["class", "all.zip"], ["./class"]])
def test_every_submission_comes_back_as_it_was(room, paths):
    submissions = load_submissions(paths, functions=FUNCTIONS)
    assert submissions
    for submission in submissions:
        assert again(submission) == submission


def test_students_of_one_name_are_not_taken_for_each_other(room):
    (room / "other").mkdir()
    (room / "other" / "ada.py").write_text(SOURCE + "z = 1\n")
    submissions = load_submissions(["class", "other"], functions=FUNCTIONS)
    assert len({s.student for s in submissions}) == len(submissions)
    for submission in submissions:
        assert again(submission) == submission


@pytest.mark.parametrize("name", ["class/ada.py", "class/bob/hw1.py"])
def test_what_was_changed_since_is_read_as_it_is_now(room, name):
    before = next(s for s in load_submissions(["class"], functions=FUNCTIONS) if s.path == name)
    (room / name).write_text(SOURCE + "# mended\n")
    now = again(before)
    assert now.sha256 != before.sha256
    assert (now.path, now.student) == (before.path, before.student)
    assert now.chunks[0].source.endswith("# mended\n")


@pytest.mark.parametrize("name", ["class/ada.py", "class/cy/hw1.py", "class/eve.zip", "all.zip"])
def test_what_is_gone_is_said_to_be(room, name):
    before = [
        s
        for s in load_submissions(["class", "all.zip"], functions=FUNCTIONS)
        if s.path == name or s.path.startswith(f"{name}/")
    ]
    (room / name).unlink()
    for submission in before:
        if submission.student == "cy":
            # The folder is still there, and holds nothing.
            assert again(submission).problem
            continue
        with pytest.raises(DiagnosedError) as caught:
            again(submission)
        assert [d.code for d in caught.value.diagnostics] == ["G009"]


@pytest.mark.parametrize("name", ["class/eve.zip", "all.zip"])
def test_an_archive_that_is_damaged_now_holds_nothing(room, name):
    before = next(
        s for s in load_submissions(["class", "all.zip"], functions=FUNCTIONS) if s.path.startswith(f"{name}/")
    )
    (room / name).write_bytes(b"PK no more")
    with pytest.raises(DiagnosedError):
        again(before)
