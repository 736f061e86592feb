"""Moodle: an import that nothing ends, and a worksheet that changes in nothing but grades, in any language."""

import csv
import io
from dataclasses import replace

import pytest

from grader.reporting.export.moodle import moodle
from grader.reporting.export.moodle_worksheet import fill_moodle_worksheet
from grader.reporting.export.teacher_file import TeacherFileError
from tests.reporting import sample_class as sample

BOOK = sample.gradebook()
ENGLISH = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    'Participant 7,Ada Lovelace,ada@uni.example,Submitted for grading,,100.00,Yes,"Thursday, 1 October",-,\n'
    'Participant 8,"Bøb, Jr.",,Submitted for grading,12.00,100.00,Yes,-,"Friday, 2 October",<p>old</p>\n'
    "Participant 9,貓,,Submitted for grading,,100.00,Yes,-,-,\n"
    "Participant 12,Fay,,No submission,50.00,100.00,Yes,-,-,\n"
    "Participant 400,Nobody,,No submission,,100.00,Yes,-,-,\n"
)
GERMAN = (
    "ID;Vollständiger Name;Status;Bewertung;Bestwertung;Bewertung kann geändert werden\n"
    "Teilnehmer/in7;Ada;Abgegeben;;100,00;Ja\n"
    "Teilnehmer/in8;Bøb;Abgegeben;12,50;100,00;Ja\n"
)


def rows(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_gradebook_file_holds_numbers_or_a_dash_and_students_whom_moodle_can_know() -> None:
    exported = moodle(BOOK, ["HW1"], "blank")
    head, *others = rows(exported.text)
    assert head == ["Full name", "ID number", "Email address", "Username", "HW1"]
    assert [row[1:] for row in others] == [
        ["s-1", "ada@uni.example", "ada1", "100"],
        ["", "cat@uni.example", "cat", "55"],
    ]
    said = "\n".join(exported.says)
    assert "4 left out, because Moodle could not know them" in said
    assert "map from `Email address`: 2 of 6" in said


def test_grade_without_a_number_is_a_dash() -> None:
    students = tuple(replace(student, email=f"{student.id}@x.example") for student in BOOK.students)
    exported = moodle(BOOK.model_copy(update={"students": students}), [], "blank")
    assert [row[-1] for row in rows(exported.text)[1:]] == ["100", "55", "55", "-", "-", "-"]


def test_class_that_moodle_cannot_know_is_said_to_be_so() -> None:
    students = tuple(replace(student, email="", keys={}) for student in BOOK.students)
    exported = moodle(BOOK.model_copy(update={"students": students}), [], "blank")
    assert len(rows(exported.text)) == 1
    assert any("none is known" in line for line in exported.says)


def test_more_than_a_hundred_points_are_warned_of() -> None:
    assignment = BOOK.assignment.model_copy(update={"max_score": 120})
    says = moodle(BOOK.model_copy(update={"assignment": assignment}), [], "blank").says
    assert any("above 100" in line for line in says)


# The worksheet ----------------------------------------------------------------------------------------------------


def changes(before: list[list[str]], after: list[list[str]]) -> dict[tuple[int, int], str]:
    return {(i, j): after[i][j] for i, row in enumerate(before) for j, cell in enumerate(row) if after[i][j] != cell}


def test_only_grades_change() -> None:
    exported = fill_moodle_worksheet(BOOK, ENGLISH.encode(), [], "blank")
    assert changes(rows(ENGLISH), rows(exported.text)) == {(1, 4): "100", (2, 4): "55", (3, 4): "55"}
    said = "\n".join(exported.says)
    assert "Fay: 50.00" in said
    assert "of the class not in this file" in said


def test_a_worksheet_of_another_class_is_refused() -> None:
    strangers = "Identifier,Grade,Maximum Grade\nParticipant 700,,100.00\nParticipant 800,,100.00\n"
    with pytest.raises(TeacherFileError) as caught:
        fill_moodle_worksheet(BOOK, strangers.encode(), [], "blank")
    assert caught.value.code == "E014"


def test_worksheet_in_another_language_is_found_by_its_content() -> None:
    exported = fill_moodle_worksheet(BOOK, GERMAN.encode(), [], "blank")
    assert changes(rows(GERMAN, ";"), rows(exported.text, ";")) == {(1, 3): "100", (2, 3): "55"}


def test_decimals_are_written_as_the_worksheet_writes_them() -> None:
    marks = (replace(BOOK.marks[0], final=BOOK.marks[0].max_score / 8), *BOOK.marks[1:])
    book = BOOK.model_copy(update={"marks": marks})
    assert rows(fill_moodle_worksheet(book, GERMAN.encode(), [], "blank").text, ";")[1][3] == "12,5"
    assert rows(fill_moodle_worksheet(book, ENGLISH.encode(), [], "blank").text)[1][4] == "12.5"


def test_another_maximum_is_told_and_nothing_is_converted() -> None:
    exported = fill_moodle_worksheet(BOOK, ENGLISH.replace("100.00", "200.00").encode(), [], "blank")
    assert rows(exported.text)[1][4] == "100"
    assert any("points are not converted" in line for line in exported.says)


def test_column_of_grades_can_be_named() -> None:
    text = "ID,Note,Points\nParticipant 7,,\nParticipant 8,,\n"
    with pytest.raises(TeacherFileError) as caught:
        fill_moodle_worksheet(BOOK, text.encode(), [], "blank")
    assert caught.value.code == "E008"
    assert rows(fill_moodle_worksheet(BOOK, text.encode(), ["Note"], "blank").text)[1] == ["Participant 7", "100", ""]


@pytest.mark.parametrize(
    ("text", "titles", "code"),
    [
        ("Name,Grade\nAda,1\nBob,2\n", [], "E007"),
        ("Identifier,Grade\n", [], "E007"),
        (ENGLISH, ["Bewertung"], "E008"),
    ],
)
def test_what_is_no_worksheet_is_refused(text: str, titles: list[str], code: str) -> None:
    with pytest.raises(TeacherFileError) as caught:
        fill_moodle_worksheet(BOOK, text.encode(), titles, "blank")
    assert caught.value.code == code


def test_participant_number_is_matched_whole() -> None:
    text = ENGLISH.replace("Participant 7,", "Participant 77,")
    exported = fill_moodle_worksheet(BOOK, text.encode(), [], "blank")
    assert rows(exported.text)[1][4] == ""
