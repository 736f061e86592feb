"""Laws of submissions: every path gives submissions or a diagnostic, and one that is broken loses no other."""

import hashlib
import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.loading import files as files_room
from grader.loading.codes import PathCode
from grader.loading.submissions import load_submissions
from grader.model.diagnostic import DiagnosedError, Diagnostic
from grader.model.submission import Submission

FUNCTIONS = ("grad_mu", "grad_pi")
BOTH = b"def grad_mu(): ...\ndef grad_pi(): ...\n"
ONE = b"def grad_mu(): ...\n"


def zipped(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for name, data in entries.items():
            opened.writestr(name, data)
    return buffer.getvalue()


def fill(folder: Path, entries: dict[str, bytes]) -> Path:
    for name, data in entries.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def load(*paths: Path | str) -> tuple[Submission, ...]:
    return load_submissions([str(path) for path in paths], functions=FUNCTIONS)


def refused(*paths: Path | str) -> tuple[Diagnostic, ...]:
    with pytest.raises(DiagnosedError) as caught:
        load(*paths)
    return caught.value.diagnostics


def notebook(*cells: str) -> bytes:
    return json.dumps({"cells": [{"cell_type": "code", "source": s} for s in cells]}).encode()


def test_a_python_file_is_a_submission(tmp_path: Path) -> None:
    path = fill(tmp_path, {"alice.py": BOTH}) / "alice.py"
    assert load(path) == (
        Submission(
            path=str(path),
            student="alice",
            sha256=hashlib.sha256(BOTH).hexdigest(),
            chunks=load(path)[0].chunks,
        ),
    )
    (chunk,) = load(path)[0].chunks
    assert (chunk.label, chunk.source) == ("alice.py", BOTH.decode())


def test_a_notebook_is_a_submission_of_cells(tmp_path: Path) -> None:
    (one,) = load(fill(tmp_path, {"bob.ipynb": notebook("%m\nx = 1", "y = 2")}) / "bob.ipynb")
    assert one.notebook
    assert [c.label for c in one.chunks] == ["bob.ipynb cell 1", "bob.ipynb cell 2"]
    assert one.skipped == ("cell 1: `%m` is skipped",)


def test_each_file_of_a_folder_is_a_submission_in_natural_order(tmp_path: Path) -> None:
    fill(tmp_path, {"hw10.py": ONE, "hw9.PY": ONE, "hw1.ipynb": notebook("x"), "notes.txt": b"", ".hidden.py": b""})
    found = load(tmp_path)
    assert [s.student for s in found] == ["hw1", "hw9", "hw10"]
    assert [s.path for s in found] == [f"{tmp_path}/{n}" for n in ("hw1.ipynb", "hw9.PY", "hw10.py")]
    assert all(s.modules == () for s in found)


def test_what_tools_leave_behind_is_no_submission(tmp_path: Path) -> None:
    fill(tmp_path, {"a.py": ONE, "__pycache__/a.py": b"", "__MACOSX/b.py": b"", ".ipynb_checkpoints/c.ipynb": b""})
    assert [s.student for s in load(tmp_path)] == ["a"]


def test_a_folder_in_a_folder_is_one_student(tmp_path: Path) -> None:
    fill(
        tmp_path,
        {"carol/answer.py": BOTH, "carol/tools.py": b"T = 1", "carol/pkg/__init__.py": b"", "carol/pkg/m.py": b"M = 1"},
    )
    (one,) = load(tmp_path)
    assert (one.student, one.path, one.problem) == ("carol", f"{tmp_path}/carol/answer.py", "")
    assert [c.label for c in one.chunks] == ["answer.py"]
    assert [(name, chunk.label) for name, chunk in one.modules] == [
        ("pkg", "pkg/__init__.py"), ("pkg.m", "pkg/m.py"), ("tools", "tools.py")
    ]  # fmt: skip


def test_modules_beside_an_inner_answer_are_imported_as_from_its_folder(tmp_path: Path) -> None:
    fill(
        tmp_path,
        {
            "d/z/main.py": BOTH,
            "d/z/tools.py": b"A",
            "d/tools.py": b"B",
            "d/lib.py": b"C",
            "d/my-lib.py": b"",
            "d/bad.py": b"\xe9",
        },
    )
    (one,) = load(tmp_path)
    assert [(name, chunk.source) for name, chunk in one.modules] == [("lib", "C"), ("tools", "A")]
    assert one.skipped == (
        "bad.py is not UTF-8 text: byte 0xe9 on line 1; save it as UTF-8",
        "my-lib.py cannot be imported under this name",
        "tools.py is hidden by another module of the same name",
    )


def test_the_file_that_defines_most_is_the_answer(tmp_path: Path) -> None:
    fill(
        tmp_path,
        {
            "e/a.py": ONE,
            "e/b.ipynb": notebook("def grad_mu(): ...", "%m", "def grad_pi(): ..."),
            "e/old.ipynb": notebook("1"),
        },
    )
    (one,) = load(tmp_path)
    assert one.path.endswith("e/b.ipynb")
    assert [name for name, _ in one.modules] == ["a"]
    assert one.skipped == ("cell 2: `%m` is skipped", "old.ipynb is another notebook and is not run")


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        (
            {"a.py": ONE, "b.py": ONE},
            "`a.py` and `b.py` could each be the answer: each defines 1 of its 2 functions; leave one",
        ),
        (
            {"a.py": b"", "b.py": b"", "c.py": b"x"},
            "`a.py`, `b.py` and `c.py` could each be the answer, "
            "and none defines a function that is asked for; leave one",
        ),
        (
            {f"a{n}.py": ONE for n in range(40)},
            "`a0.py`, `a1.py`, `a2.py`, `a3.py`, `a4.py` and 35 more could each be the answer: "
            "each defines 1 of its 2 functions; leave one",
        ),
        ({"a.txt": b""}, "there is no .py or .ipynb file in it"),
        ({"a.py": b"\xe9"}, "a.py is not UTF-8 text: byte 0xe9 on line 1; save it as UTF-8"),
        ({"n.ipynb": b"{"}, "n.ipynb is not a notebook: its JSON breaks off or is malformed on line 1"),
        ({"in.zip": b"PK"}, "there is no .py or .ipynb file in it"),
    ],
)
@pytest.mark.parametrize("as_zip", [False, True])
def test_what_cannot_be_told_is_not_guessed(
    tmp_path: Path, entries: dict[str, bytes], problem: str, as_zip: bool
) -> None:
    fill(tmp_path, {"good.py": ONE})
    if as_zip:
        fill(tmp_path, {"sam.zip": zipped(entries)})
    else:
        fill(tmp_path / "sam", entries)
    good, sam = load(tmp_path)
    assert (good.problem, sam.student, sam.problem, sam.chunks) == ("", "sam", problem, ())


def test_a_method_or_a_call_is_no_definition(tmp_path: Path) -> None:
    fill(
        tmp_path,
        {
            "f/a.py": b"class C:\n    def grad_mu(self): ...\n    def grad_pi(self): ...\ngrad_mu()",
            "f/b.py": b"def  grad_pi (x): ...",
        },
    )
    assert load(tmp_path)[0].path.endswith("b.py")


def test_a_zip_in_a_folder_is_one_student(tmp_path: Path) -> None:
    fill(tmp_path, {"erin.zip": zipped({"hw/answer.py": BOTH, "hw/util.py": b""})})
    (one,) = load(tmp_path)
    assert (one.student, one.path) == ("erin", f"{tmp_path}/erin.zip/answer.py")
    assert [name for name, _ in one.modules] == ["util"]


def test_a_zip_counts_as_the_folder_that_it_holds(tmp_path: Path) -> None:
    inner = zipped({"x.py": BOTH})
    path = (
        fill(tmp_path, {"class.zip": zipped({"c/a.py": ONE, "c/bob/b.py": ONE, "c/bob/c.py": b"", "c/eve.zip": inner})})
        / "class.zip"
    )
    found = load(path)
    assert [(s.student, s.path.removeprefix(f"{tmp_path}/")) for s in found] == [
        ("a", "class.zip/a.py"), ("bob", "class.zip/bob/b.py"), ("eve", "class.zip/eve.zip/x.py")
    ]  # fmt: skip


def test_a_refused_zip_in_a_folder_loses_no_other(tmp_path: Path) -> None:
    fill(tmp_path, {"bad.zip": zipped({"../x.py": b""}), "good.py": ONE})
    bad, good = load(tmp_path)
    assert bad.problem == "bad.zip is refused: its entry `../x.py` leads out of the archive"
    assert good.problem == ""


@pytest.mark.parametrize(
    ("name", "content", "code", "says"),
    [
        ("none", None, "S001", "there is no such file or folder"),
        ("a\0b.py", None, "S001", "there is no such file or folder"),
        ("n" * 300, None, "S004", "the path cannot be read: File name too long"),
        ("a.txt", b"", "S003", "this is not a submission"),
        ("a.zip", b"PK", "S005", "the archive is not a zip archive, or is damaged"),
        ("b.zip", zipped({"/x.py": b""}), "S005", "the archive is refused: its entry `/x.py` has an absolute path"),
        ("c.zip", zipped({"x.txt": b""}), "S002", "there is no submission in this archive"),
    ],
)
def test_a_path_that_holds_nothing_to_grade_says_why(
    tmp_path: Path, name: str, content: bytes | None, code: str, says: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    (fault,) = refused(f"{tmp_path}/{name}")
    assert (fault.code, fault.says) == (code, says)
    assert fault.place is None


@pytest.mark.parametrize("entries", [{}, {"a.txt": b""}, {"sub/deep/a.csv": b""}, {".hidden.py": b""}])
def test_a_folder_without_a_submission_says_so(tmp_path: Path, entries: dict[str, bytes]) -> None:
    (fault,) = refused(fill(tmp_path, entries))
    assert (fault.code, fault.says) == ("S002", "there is no submission in this folder")
    assert fault.help == "it should hold .py or .ipynb files"


def test_no_path_at_all_is_told() -> None:
    assert [f.code for f in refused()] == [PathCode.NO_PATH.code]


def test_every_wrong_path_is_told_at_once(tmp_path: Path) -> None:
    fill(tmp_path, {"a.py": ONE, "b.txt": b""})
    assert [f.code for f in refused(tmp_path / "x", tmp_path / "a.py", tmp_path / "b.txt")] == ["S001", "S003"]


def test_a_pipe_is_no_submission_and_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (fault,) = refused(tmp_path / "pipe.py")
    assert (fault.code, fault.says) == ("S003", "this is neither a file nor a folder")
    fill(tmp_path, {"z.py": ONE})
    pipe, _ = load(tmp_path)
    assert pipe.problem == "pipe.py is not a plain file"


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    secret = fill(tmp_path, {"secret/key.py": b"KEY", "class/a.py": ONE, "class/bob/b.py": ONE}) / "secret"
    (tmp_path / "class" / "file.py").symlink_to(secret / "key.py")
    (tmp_path / "class" / "folder").symlink_to(secret)
    (tmp_path / "class" / "note").symlink_to(secret / "key.py")
    (tmp_path / "class" / "bob" / "key.py").symlink_to(secret / "key.py")
    found = {s.student: s for s in load(tmp_path / "class")}
    assert list(found) == ["a", "bob", "file", "folder"]
    assert found["file"].problem == "file.py is a symbolic link, which is not followed"
    assert found["folder"].problem == "folder is a symbolic link, which is not followed"
    assert found["bob"].skipped == ("key.py is a symbolic link, which is not followed",)
    assert not any("KEY" in chunk.source for s in found.values() for chunk in s.chunks)


def test_a_file_that_became_a_link_meanwhile_is_not_followed(tmp_path: Path) -> None:
    fill(tmp_path, {"secret.py": b"KEY"})
    (tmp_path / "link.py").symlink_to(tmp_path / "secret.py")
    file = files_room.read_file(tmp_path / "link.py", ("link.py",))
    assert (file.data, bool(file.fault)) == (b"", True)


def test_a_link_that_a_person_names_is_followed(tmp_path: Path) -> None:
    fill(tmp_path, {"a.py": ONE})
    (tmp_path / "link.py").symlink_to(tmp_path / "a.py")
    assert load(tmp_path / "link.py")[0].student == "link"


def test_a_file_that_is_too_large_says_so(tmp_path: Path) -> None:
    fill(tmp_path, {"a.py": b"#" * ((2 << 20) + 1), "b.py": b"#" * (2 << 20)})
    assert [s.problem for s in load(tmp_path)] == ["a.py is larger than 2 MiB", ""]


def refuse_to_open(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    # A superuser may read everything, so the refusal is made here.
    opened = os.open

    def open_(path: os.PathLike[str], flags: int) -> int:
        if Path(path).name == name:
            raise PermissionError(13, "Permission denied")
        return opened(path, flags)

    monkeypatch.setattr(files_room.os, "open", open_)


def test_a_file_that_cannot_be_read_is_not_the_students_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, {"a.py": ONE, "b.py": ONE})
    refuse_to_open(monkeypatch, "a.py")
    locked, other = load(tmp_path)
    assert locked.problem == "a.py could not be read by the grader: permission denied; the student did nothing wrong"
    assert other.problem == ""
    (fault,) = refused(tmp_path / "a.py")
    assert fault.code == "S004"


def test_an_archive_that_cannot_be_read_is_not_the_students_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, {"bob.zip": zipped({"a.py": ONE})})
    refuse_to_open(monkeypatch, "bob.zip")
    assert load(tmp_path)[0].problem.startswith("bob.zip could not be read by the grader: permission denied")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    (fault,) = refused(tmp_path / "bob.zip")
    assert (fault.code, fault.says.partition(":")[0]) == ("S004", "the archive could not be read by the grader")


def test_a_folder_that_cannot_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, {"a.py": ONE, "bob/b.py": ONE})
    scanned = os.scandir

    def scandir(path: os.PathLike[str]) -> object:
        if Path(path).name in ("bob", "locked"):
            raise PermissionError(13, "Permission denied")
        return scanned(path)

    monkeypatch.setattr(files_room.os, "scandir", scandir)
    _, bob = load(tmp_path)
    assert bob.problem == (
        "there is no .py or .ipynb file in it; the folder . could not be read by the grader: permission denied; "
        "the student did nothing wrong"
    )
    (tmp_path / "locked").mkdir()
    assert [f.code for f in refused(tmp_path / "locked")] == ["S004"]


def test_a_folder_that_holds_too_much_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_room, "MAX_ENTRIES", 3)
    fill(tmp_path, {"bob/a.py": BOTH, "bob/b.txt": b"", "bob/c.txt": b"", "bob/d.py": b"", "good.py": ONE})
    assert load(tmp_path)[0].skipped == ("d.py and what follows it: the folder holds too much",)


def test_a_folder_that_is_too_deep_is_not_entered(tmp_path: Path) -> None:
    fill(tmp_path, {"bob/a.py": BOTH, "bob/" + "d/" * 17 + "b.py": b""})
    assert load(tmp_path)[0].skipped == ("d/" * 16 + "d lies too deep to be looked into",)


def test_students_of_one_name_are_told_apart_by_their_path(tmp_path: Path) -> None:
    fill(tmp_path, {"x/hw1.py": ONE, "y/hw1.py": ONE, "y/hw1.ipynb": notebook("1"), "y/amy.py": ONE})
    found = load(tmp_path / "x" / "hw1.py", tmp_path / "y")
    assert [s.student.removeprefix(f"{tmp_path}/") for s in found] == ["x/hw1.py", "amy", "y/hw1.ipynb", "y/hw1.py"]


def test_what_is_named_twice_is_graded_once(tmp_path: Path) -> None:
    path = fill(tmp_path, {"a.py": ONE, "b.py": ONE})
    assert [s.student for s in load(path / "b.py", path, f"{path}/./b.py")] == ["b", "a"]


def test_names_are_shown_harmlessly_and_stay_distinct(tmp_path: Path) -> None:
    fill(tmp_path, {"a\x1b[31m.py": ONE, "a\x07[31m.py": ONE, "n\nl.py": ONE, "\udce9.py": ONE, "\u202eyp.py": ONE})
    found = load(tmp_path)
    assert len({s.student for s in found}) == len({s.path for s in found}) == 5
    for one in found:
        text = one.student + one.path + one.chunks[0].label
        assert not any(ord(c) < 32 or c == "\u202e" for c in text)
        text.encode("utf-8")


def test_the_digest_changes_with_any_file_of_the_student(tmp_path: Path) -> None:
    fill(tmp_path, {"bob/a.py": BOTH, "bob/b.py": b""})
    before = load(tmp_path)[0].sha256
    (tmp_path / "bob" / "b.py").write_bytes(b"x")
    after = load(tmp_path)[0].sha256
    (tmp_path / "bob" / "b.py").rename(tmp_path / "bob" / "c.py")
    assert len({before, after, load(tmp_path)[0].sha256}) == 3


def test_source_that_would_crash_a_parser_is_only_carried(tmp_path: Path) -> None:
    deep = b"x = " + b"(" * 100_000 + b")" * 100_000
    (one,) = load(fill(tmp_path, {"a.py": deep}) / "a.py")
    assert one.chunks[0].source == deep.decode()


NAMES = st.lists(
    st.sampled_from(["a.py", "b.py", "c.ipynb", "d.zip", "e.txt", "..", "x", "y", "__init__.py", ".z.py", ""]),
    min_size=1,
    max_size=3,
)
CONTENTS = st.binary(max_size=30) | st.sampled_from(
    [ONE, BOTH, notebook("x = 1"), zipped({"a.py": ONE}), b"\xef\xbb\xbf", b"{}"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=st.dictionaries(NAMES.map("/".join).filter(bool), CONTENTS, max_size=6))
def test_any_archive_is_submissions_or_a_diagnostic(tmp_path: Path, entries: dict[str, bytes]) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(zipped(entries))
    found: tuple[Submission, ...] = ()
    codes: set[str] = set()
    try:
        found = load(path)
    except DiagnosedError as error:
        codes = {d.code for d in error.diagnostics}
    assert codes <= {"S002", "S005"}
    assert bool(found) != bool(codes)
    assert len({s.student for s in found}) == len(found)
    assert all(bool(s.problem) == (not s.chunks) or s.notebook for s in found)
