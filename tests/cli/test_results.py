"""The files of a class: whole, the same bytes for the same grades, and nobody's who has left."""

import contextlib
import gc
import json
import os
import sys
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from pathlib import Path

import pytest

from grader.batch.errand import Errand, here
from grader.batch.journal_error import JournalError, JournalFault
from grader.batch.stored import ReportReader
from grader.cli import results
from grader.cli.feedback_files import ForFeedback, WriteFeedback
from grader.cli.results import Helping, write_results
from grader.cli.whole_file import write_whole, write_whole_pieces
from grader.model.gradebook import Gradebook
from grader.model.report import SubmissionReport
from grader.model.shared_report import SharedReport
from grader.reporting.feedback import Feedback
from grader.reporting.gradebook_json import gradebook_from_json
from tests.reporting import sample_class as sample

BOOK = sample.gradebook()


def write(folder: Path, book: Gradebook = BOOK, reports: Mapping[str, SubmissionReport] = sample.REPORTS) -> None:
    write_results(folder, book, sample.counted(book, reports), sample.Shown(reports))


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def without(student: str) -> Gradebook:
    kept = [mark for mark in BOOK.marks if mark.student != student]
    return BOOK.model_copy(
        update={
            "students": tuple(each for each in BOOK.students if each.id != student),
            "hand_ins": tuple(each for each in BOOK.hand_ins if student not in each.students),
            "marks": tuple(kept),
        }
    )


def test_everything_is_written(tmp_path: Path) -> None:
    write(tmp_path)
    names = {f"feedback/{hand_in.id}{suffix}" for hand_in in sample.HAND_INS for suffix in (".json", ".md", ".html")}
    assert set(files(tmp_path)) == names | {"grades.csv", "gradebook.json", "summary.json", "report.html"}
    assert gradebook_from_json((tmp_path / "gradebook.json").read_bytes()) == BOOK
    assert json.loads((tmp_path / "summary.json").read_bytes())["counts"]["students"] == 6
    told = Feedback.model_validate_json((tmp_path / "feedback" / "h2.json").read_bytes())
    assert told.submission == sample.REPORTS["h2"]
    assert told.counts == 55


def test_the_same_grades_write_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path)
    first = files(tmp_path)
    write(tmp_path)
    assert files(tmp_path) == first


def test_feedback_is_written_anew_only_where_it_changed(tmp_path: Path) -> None:
    write(tmp_path)
    before = {path.name: path.stat().st_ino for path in (tmp_path / "feedback").iterdir()}
    damaged = (tmp_path / "feedback" / "h2.md").read_bytes()
    (tmp_path / "feedback" / "h2.md").write_bytes(damaged.replace(b"55", b"99"))
    write(tmp_path)
    after = {path.name: path.stat().st_ino for path in (tmp_path / "feedback").iterdir()}
    assert {name for name in before if before[name] != after[name]} == {"h2.md"}
    assert (tmp_path / "feedback" / "h2.md").read_bytes() == damaged


def test_feedback_of_who_left_is_removed_and_a_teachers_own_file_stays(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "feedback" / "notes.md").write_text("mine", encoding="utf-8")
    (tmp_path / "feedback" / "h1.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "feedback" / ".h1.html.x8f3k2").write_text("half a pa", encoding="utf-8")
    write(tmp_path, without("ada"))
    there = {path.name for path in (tmp_path / "feedback").iterdir()}
    assert not there & {"h1.json", "h1.md", "h1.html", ".h1.html.x8f3k2"}
    assert there >= {"notes.md", "h1.txt", "h2.html"}


def test_hand_in_without_a_report_gets_no_feedback(tmp_path: Path) -> None:
    only = {"h1": sample.REPORTS["h1"]}
    write(tmp_path, sample.gradebook(reports=only), only)
    assert {path.stem for path in (tmp_path / "feedback").iterdir()} == {"h1"}


def test_one_report_is_held_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alive: list[weakref.ref[SubmissionReport]] = []
    most = 0
    read = ReportReader.read

    def watched(reader: ReportReader, packed: bytes) -> SharedReport:
        nonlocal most
        gc.collect()
        most = max(most, sum(each() is not None for each in alive))
        shared = read(reader, packed)
        alive.append(weakref.ref(shared.report))
        return shared

    monkeypatch.setattr(ReportReader, "read", watched)
    write(tmp_path)
    assert len(alive) == len(sample.HAND_INS)
    # The one before may still be named by the loop that asks for the next.
    assert most <= 1


def test_a_failure_in_the_middle_leaves_a_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "grades.csv"
    path.write_bytes(b"before")

    def pieces():
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_whole_pieces(path, pieces())
    assert files(tmp_path) == {"grades.csv": b"before"}


def test_names_of_any_script_and_undecodable_ones_can_be_written(tmp_path: Path) -> None:
    students = tuple(copy(each) for each in BOOK.students)
    for student in students:
        # No reader of names lets this through; a file with it in is written all the same.
        object.__setattr__(student, "name", "a\udcff")
    write(tmp_path, BOOK.model_copy(update={"students": students}))
    assert b"\\udcff" in (tmp_path / "grades.csv").read_bytes()
    gradebook_from_json((tmp_path / "gradebook.json").read_bytes())


def helping_with(error: BaseException | None, asked: list[str]) -> Helping:
    """Helpers that write everything, but for what a killed one leaves, and then end by an error."""

    @contextlib.contextmanager
    def helping(errand: Errand[Sequence[ForFeedback]]) -> Iterator[Callable[[Sequence[ForFeedback]], None]]:
        asked.append("helpers")
        with here(errand) as do:
            yield do
        assert isinstance(errand, WriteFeedback)
        (errand.folder / ".h1.json.x8f3k2").write_text("half a")
        (errand.folder / ".mine.x8f3k2").write_text("not ours")
        if error is not None:
            raise error

    return helping


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_a_killed_helper_leaves_is_removed_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    monkeypatch.setattr(results, "LEAST_SHARED", len(sample.HAND_INS))
    asked: list[str] = []
    with pytest.raises(type(error)):
        write_results(tmp_path, BOOK, sample.counted(BOOK), sample.Shown(), helping=helping_with(error, asked))
    assert asked == ["helpers"]
    there = {path.name for path in (tmp_path / "feedback").iterdir()}
    assert there >= {"h1.json", ".mine.x8f3k2"}
    assert ".h1.json.x8f3k2" not in there
    assert not (tmp_path / "gradebook.json").exists()


def test_a_small_class_is_written_without_help_and_a_large_one_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for least in (len(sample.HAND_INS) + 1, len(sample.HAND_INS)):
        monkeypatch.setattr(results, "LEAST_SHARED", least)
        asked: list[str] = []
        folder = tmp_path / str(least)
        folder.mkdir()
        write_results(folder, BOOK, sample.counted(BOOK), sample.Shown(), helping=helping_with(None, asked))
        found.append((asked, {name: text for name, text in files(folder).items() if ".x8f3k2" not in name}))
    (alone, first), (helped, second) = found
    assert (alone, helped) == ([], ["helpers"])
    assert first == second


def test_a_report_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    class Damaged(sample.Shown):
        def packed(self, hand_in: str) -> bytes:
            return b"" if hand_in == "h2" else super().packed(hand_in)

    with pytest.raises(JournalError, match="the report of h2 cannot be read") as caught:
        write_results(tmp_path, BOOK, sample.counted(BOOK), Damaged())
    assert caught.value.fault is JournalFault.DAMAGED


@pytest.mark.parametrize("size", [0, 1, 100_000])
def test_a_file_is_written_whole_and_everybody_may_read_it(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.json"
    for data in (b"a" * size, b"b" * size):
        write_whole(path, data)
        assert path.read_bytes() == data
    assert path.stat().st_mode & 0o777 == 0o644 or sys.platform == "win32"
    assert [each.name for each in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize("name", ["a.json", "./a.json"])
def test_a_file_is_made_in_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    # From the folder for temporary files it would have to move to another file system.
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "not there"))
    monkeypatch.chdir(tmp_path)
    write_whole(name, b"here")
    write_whole_pieces(Path(name), [b"he", b"re"])
    assert files(tmp_path) == {"a.json": b"here"}


def test_a_small_file_that_cannot_be_written_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    write_whole(path, b"before")

    def full(handle: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"after")
    monkeypatch.undo()
    assert files(tmp_path) == {"a.json": b"before"}
