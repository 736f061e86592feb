"""Canvas: what its importer finds again, and a teacher's file that changes in nothing but points."""

import csv
import io
from dataclasses import replace
from fractions import Fraction

import pytest

from grader.reporting.export.canvas import canvas, fill_canvas
from grader.reporting.export.teacher_file import TeacherFileError
from tests.reporting import sample_class as sample

BOOK = sample.gradebook()
EXPORTED = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (4711),Reading (9),Final Score\r\n"
    ",,,,,Manual Posting,,\r\n"
    "    Points Possible,,,,,100,5,(read only)\r\n"
    '"Lovelace, Ada",101,s-1,ada1,A,,4,80\r\n'
    '"Jr., Bøb",102,,,B,,3,\r\n'
    '"貓 小姐",999,,cat,B,12,,\r\n'
    'Somebody Else,555,,,B,77,1,"a ""quote"""\r\n'
    '"=HYPERLINK(1)",104,,,B,33,,\r\n'
    '"Student, Test",888,,,B,,,\r\n'
)


def rows(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_made_file_has_canvas_header_and_points_possible() -> None:
    exported = canvas(BOOK, ["Homework 1"], "blank")
    head, most, ada, *_ = rows(exported.text)
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Homework 1"]
    assert most == ["    Points Possible", "", "", "", "", "100"]
    assert ada == ["Ada Lovelace", "101", "s-1", "ada1", "A", "100"]
    assert len({len(row) for row in rows(exported.text)}) == 1


def test_made_file_leaves_blank_what_is_undecided_and_lists_it() -> None:
    exported = canvas(BOOK, [], "blank")
    assert [row[-1] for row in rows(exported.text)[2:]] == ["100", "55", "55", "", "", ""]
    said = "\n".join(exported.says)
    assert "20 points undecided in grad_mu" in said
    assert "Eve: nothing was handed in" in said
    assert "Fay: not graded" in said
    assert "makes a new assignment" in said
    assert "known by name only" in said


def test_missing_as_zero_is_only_for_who_handed_in_nothing() -> None:
    points = [row[-1] for row in rows(canvas(BOOK, [], "zero").text)[2:]]
    assert points == ["100", "55", "55", "", "0", ""]


def test_problems_get_columns_of_their_own() -> None:
    exported = canvas(BOOK, ["HW1", "grad_pi=HW1 weights", "a=b"], "blank")
    head, most, _, bob, _, dan, *_ = rows(exported.text)
    assert head[5:] == ["HW1", "HW1 weights", "a=b"]
    assert most[5:] == ["100", "20", "100"]
    assert bob[5:] == ["55", "10", "55"]
    assert dan[5:] == ["", "20", ""]


@pytest.mark.parametrize(("title", "warning"), [("My Final Score", "drops"), ("HW (12)", "as the id of an assignment")])
def test_titles_that_canvas_reads_otherwise_are_told(title: str, warning: str) -> None:
    assert any(warning in line for line in canvas(BOOK, [title], "blank").says)


def test_names_do_not_compute() -> None:
    assert rows(canvas(BOOK, [], "blank").text)[5][0].startswith("'=")


# Filled in --------------------------------------------------------------------------------------------------------


def test_filling_changes_only_cells_of_points() -> None:
    exported = fill_canvas(BOOK, EXPORTED.encode(), ["Homework 1"], "blank")
    before, after = rows(EXPORTED), rows(exported.text)
    changed = {(i, j): after[i][j] for i, row in enumerate(before) for j, cell in enumerate(row) if after[i][j] != cell}
    # By Canvas's id, by its id against the name's order, by the login.
    assert changed == {(3, 5): "100", (4, 5): "55", (5, 5): "55"}
    assert [len(row) for row in before] == [len(row) for row in after]


def test_what_has_no_points_keeps_the_files_cell_and_is_told() -> None:
    exported = fill_canvas(BOOK, EXPORTED.encode(), ["Homework 1 (4711)"], "blank")
    assert rows(exported.text)[7][5] == "33"
    said = "\n".join(exported.says)
    assert "Homework 1 (4711) 33; 20 points undecided" in said
    assert said.count("HYPERLINK") == 1  # in one list alone
    assert "2 of the class not in this file" in said


def test_unknown_title_is_a_new_last_column_and_is_told() -> None:
    exported = fill_canvas(BOOK, EXPORTED.encode(), ["Homework 2"], "blank")
    after = rows(exported.text)
    assert after[0][-1] == "Homework 2"
    assert after[2][-1] == "100"
    assert after[3][-1] == "100"
    assert [row[:-1] for row in after] == rows(EXPORTED)
    assert any("has no `Homework 2`" in line for line in exported.says)


def test_other_points_possible_are_told_and_nothing_is_converted() -> None:
    exported = fill_canvas(BOOK, EXPORTED.encode(), ["Reading"], "blank")
    assert any("points are not converted" in line for line in exported.says)
    assert rows(exported.text)[3][6] == "100"


def test_semicolons_byte_order_mark_and_line_ends_stay() -> None:
    text = "\ufeff" + EXPORTED.replace(",", ";").replace("Lovelace; Ada", "Lovelace, Ada").replace("\r\n", "\n")
    exported = fill_canvas(BOOK, text.encode(), ["Homework 1"], "blank").text
    assert exported.startswith("\ufeffStudent;ID;")
    assert "\r" not in exported
    assert rows(exported.removeprefix("\ufeff"), ";")[3][5] == "100"


def test_file_with_last_and_first_name_is_understood() -> None:
    text = (
        "LastName,FirstName,ID,SIS Login ID,Section,Homework 1 (4711)\r\n"
        "    Points Possible,,,,,100\r\nLovelace,Ada,1,x,A,\r\n"
    )
    assert rows(fill_canvas(BOOK, text.encode(), ["Homework 1"], "blank").text)[2][5] == "100"


def test_a_gradebook_of_another_class_is_refused() -> None:
    lines = EXPORTED.splitlines(keepends=True)
    strangers = "".join([*lines[:3], lines[6]])
    with pytest.raises(TeacherFileError) as caught:
        fill_canvas(BOOK, strangers.encode(), ["Homework 1"], "blank")
    assert caught.value.code == "E014"
    assert "--key" in caught.value.help


def test_two_students_of_one_name_are_never_guessed() -> None:
    twin = replace(sample.ADA, id="ada2", keys={}, email="")
    book = BOOK.model_copy(
        update={
            "students": (replace(sample.ADA, keys={}, email=""), twin, sample.BOB),
            "marks": (BOOK.marks[0], replace(BOOK.marks[1], student="ada2"), BOOK.marks[1]),
        }
    )
    text = EXPORTED.replace("101,s-1,ada1", "777,,")
    assert rows(fill_canvas(book, text.encode(), ["Homework 1"], "blank").text)[3][5] == ""


@pytest.mark.parametrize(
    ("data", "title", "code"),
    [
        (b"", "x", "E004"),
        (b"\xff\xff\xff", "x", "E004"),
        (b'Student,ID,a,b\r\n"x', "x", "E004"),
        (b"name,grade\r\na,b\r\n", "x", "E005"),
        (EXPORTED.encode(), "Final Score", "E006"),
        (EXPORTED.replace("Reading (9)", "Homework 1 (5)").encode(), "Homework 1", "E006"),
    ],
)
def test_what_cannot_be_filled_in_is_refused(data: bytes, title: str, code: str) -> None:
    with pytest.raises(TeacherFileError) as caught:
        fill_canvas(BOOK, data, [title], "blank")
    assert caught.value.code == code


def test_points_are_written_with_a_point_and_exact_to_two_digits() -> None:
    marks = (replace(BOOK.marks[0], final=Fraction(200, 3)), *BOOK.marks[1:])
    book = BOOK.model_copy(update={"marks": marks})
    assert rows(canvas(book, [], "blank").text)[2][-1] == "66.67"
