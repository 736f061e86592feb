"""The files of a class: whole, the same bytes for the same grades, and nobody's who has left."""

import json
from collections.abc import Callable
from copy import copy
from pathlib import Path

import pytest

from grader.cli.results import write_results
from grader.cli.whole_file import write_whole_pieces
from grader.model.gradebook import Gradebook
from grader.model.report import SubmissionReport
from grader.reporting.feedback import Feedback
from grader.reporting.gradebook_json import gradebook_from_json
from tests.reporting import sample_class as sample

BOOK = sample.gradebook()
REPORT_OF: Callable[[str], SubmissionReport] = sample.REPORTS.__getitem__


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
    write_results(tmp_path, BOOK, REPORT_OF)
    names = {f"feedback/{hand_in.id}{suffix}" for hand_in in sample.HAND_INS for suffix in (".json", ".md", ".html")}
    assert set(files(tmp_path)) == names | {"grades.csv", "gradebook.json", "summary.json", "report.html"}
    assert gradebook_from_json((tmp_path / "gradebook.json").read_bytes()) == BOOK
    assert json.loads((tmp_path / "summary.json").read_bytes())["counts"]["students"] == 6
    told = Feedback.model_validate_json((tmp_path / "feedback" / "h2.json").read_bytes())
    assert told.submission == sample.REPORTS["h2"]
    assert told.counts == 55


def test_the_same_grades_write_the_same_bytes(tmp_path: Path) -> None:
    write_results(tmp_path, BOOK, REPORT_OF)
    first = files(tmp_path)
    write_results(tmp_path, BOOK, REPORT_OF)
    assert files(tmp_path) == first


def test_feedback_is_written_anew_only_where_it_changed(tmp_path: Path) -> None:
    write_results(tmp_path, BOOK, REPORT_OF)
    before = {path.name: path.stat().st_ino for path in (tmp_path / "feedback").iterdir()}
    damaged = (tmp_path / "feedback" / "h2.md").read_bytes()
    (tmp_path / "feedback" / "h2.md").write_bytes(damaged.replace(b"55", b"99"))
    write_results(tmp_path, BOOK, REPORT_OF)
    after = {path.name: path.stat().st_ino for path in (tmp_path / "feedback").iterdir()}
    assert {name for name in before if before[name] != after[name]} == {"h2.md"}
    assert (tmp_path / "feedback" / "h2.md").read_bytes() == damaged


def test_feedback_of_who_left_is_removed_and_a_teachers_own_file_stays(tmp_path: Path) -> None:
    write_results(tmp_path, BOOK, REPORT_OF)
    (tmp_path / "feedback" / "notes.md").write_text("mine", encoding="utf-8")
    (tmp_path / "feedback" / "h1.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "feedback" / ".h1.html.x8f3k2").write_text("half a pa", encoding="utf-8")
    write_results(tmp_path, without("ada"), REPORT_OF)
    there = {path.name for path in (tmp_path / "feedback").iterdir()}
    assert not there & {"h1.json", "h1.md", "h1.html", ".h1.html.x8f3k2"}
    assert there >= {"notes.md", "h1.txt", "h2.html"}


def test_hand_in_without_a_report_gets_no_feedback(tmp_path: Path) -> None:
    only = {"h1": sample.REPORTS["h1"]}
    write_results(tmp_path, sample.gradebook(reports=only), only.__getitem__)
    assert {path.stem for path in (tmp_path / "feedback").iterdir()} == {"h1"}


def test_one_report_is_held_at_a_time(tmp_path: Path) -> None:
    import gc
    import weakref

    alive: list[weakref.ref[SubmissionReport]] = []
    most = 0

    def report_of(hand_in: str) -> SubmissionReport:
        nonlocal most
        gc.collect()
        most = max(most, sum(each() is not None for each in alive))
        report = sample.REPORTS[hand_in].model_copy()
        alive.append(weakref.ref(report))
        return report

    write_results(tmp_path, BOOK, report_of)
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
    write_results(tmp_path, BOOK.model_copy(update={"students": students}), REPORT_OF)
    assert b"\\udcff" in (tmp_path / "grades.csv").read_bytes()
    gradebook_from_json((tmp_path / "gradebook.json").read_bytes())
