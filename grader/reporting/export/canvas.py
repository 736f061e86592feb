"""Canvas: a gradebook CSV, made from what is known of the students or filled into one that Canvas exported.

Rules from ``lib/gradebook_importer.rb`` of instructure/canvas-lms: the header begins with ``Student`` and ``ID``,
students are found by ID, SIS ids, then name; a title that is unknown makes a new assignment.
"""

import re
from collections.abc import Sequence

from grader.model.gradebook import Gradebook, Mark
from grader.model.handin import Student
from grader.reporting.csv_cells import csv_text, points_cell, text_cell
from grader.reporting.export.columns import Column, Exported, columns, left_blank, not_there, some, unique_by
from grader.reporting.export.teacher_file import Cells, TeacherFileError, read_cells
from grader.reporting.needs import MissingAs

POINTS_POSSIBLE = "    Points Possible"
_POINTS_POSSIBLE = "Points Possible"
# Assignment.title_and_id: a title that ends in a number in brackets names an assignment by its id.
_WITH_ID = re.compile(r"(?s)(.*)\s+\((\d+)\)\Z")
# NON_ASSIGNMENT_COLUMN_HEADERS: a column whose title holds one of these is dropped without a word.
_DROPPED = re.compile(r"(?:Current|Final) (?:Score|Points|Grade)|Override (?:Score|Grade|Status)")
_NO_STUDENT = re.compile(r"(?i)\s*(?:Muted|Manual Posting.*)?\s*")


def canvas(gradebook: Gradebook, titles: Sequence[str], missing_as: MissingAs) -> Exported:
    """Return a file that Canvas imports, made from what is known of the students.

    Parameters
    ----------
    gradebook : Gradebook
        A class.
    titles : sequence of str
        See `grader.reporting.export.columns.columns`.
    missing_as : "blank" or "zero"
        What a student who handed in nothing gets.

    Returns
    -------
    Exported
    """
    shown = columns(gradebook, titles, missing_as)
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(text_cell(each.title) for each in shown)]
    most = [POINTS_POSSIBLE, "", "", "", "", *(points_cell(each.max_score) for each in shown)]
    rows = [header, most]
    by_name = []
    for student, mark in zip(gradebook.students, gradebook.marks, strict=True):
        keys = [text_cell(student.keys.get(key, "")) for key in ("canvas_id", "sis_id", "login")]
        rows.append([text_cell(student.shown), *keys, text_cell(student.section), *(each.cell(mark) for each in shown)])
        if not any(keys):
            by_name.append(student.shown)
    says = [f"Canvas makes a new assignment `{each.title}` unless the course has one of that title" for each in shown]
    says += [warning for each in shown for warning in _title_warnings(each.title)]
    says += some("known by name only: Canvas finds them if the name is exactly its own; `--into` is safer", by_name)
    return Exported(text="".join(csv_text(rows)), says=(*says, *left_blank(gradebook, shown)))


def _title_warnings(title: str) -> list[str]:
    warnings = []
    if _DROPPED.search(title):
        warnings.append(f"Canvas drops the column `{title}`: it takes it for one of its own totals")
    if found := _WITH_ID.match(title):
        warnings.append(f"Canvas reads `({found[2]})` at the end of `{title}` as the id of an assignment")
    return warnings


def fill_canvas(gradebook: Gradebook, data: bytes, titles: Sequence[str], missing_as: MissingAs) -> Exported:
    """Return a gradebook that Canvas exported, with the points filled in.

    Parameters
    ----------
    gradebook : Gradebook
        A class.
    data : bytes
        The exported file.
    titles : sequence of str
        See `grader.reporting.export.columns.columns`; with or without Canvas's id in brackets.
    missing_as : "blank" or "zero"
        What a student who handed in nothing gets.

    Returns
    -------
    Exported
        All rows and columns of the file, in their order; cells without points stay as they were.

    Raises
    ------
    TeacherFileError
        It is no gradebook of Canvas's, nobody of the class is in it, or the title fits several columns or one that
        Canvas only reads.
    """
    cells = read_cells(data)
    head = cells.header
    named = len(head) > 3 and "Student" in head[0] and "ID" in head[1]
    if not named and not (len(head) > 4 and head[:3] == ("LastName", "FirstName", "ID")):
        help_ = "export it in Canvas with Grades, Export, Export Entire Gradebook"
        raise TeacherFileError("E005", "this is not a gradebook of Canvas's: it does not begin with Student, ID", help_)
    shown = columns(gradebook, titles, missing_as)
    says: list[str] = []
    for column in shown:
        cells = _with_column(cells, column, says)
    places = [_place(cells, column.title) for column in shown]
    of_row = _students_of_rows(cells, gradebook)
    lost = not_there(gradebook, {student.id for student in of_row.values()})
    marks = {student.id: mark for student, mark in zip(gradebook.students, gradebook.marks, strict=True)}
    kept: dict[str, list[str]] = {}

    def filled(index: int, row: tuple[str, ...]) -> list[str]:
        student = of_row.get(index)
        return list(row) if student is None else _filled(row, student, marks[student.id], shown, places, kept)

    text = cells.with_rows(filled).text()
    return Exported(text=text, says=(*says, *lost, *left_blank(gradebook, shown, kept)))


def _filled(
    row: tuple[str, ...],
    student: Student,
    mark: Mark,
    shown: Sequence[Column],
    places: Sequence[int],
    kept: dict[str, list[str]],
) -> list[str]:
    cells = list(row)
    for column, place in zip(shown, places, strict=True):
        cell = column.cell(mark)
        if cell:
            cells[place] = cell
        elif cells[place].strip():
            kept.setdefault(student.id, []).append(f"{column.title} {cells[place].strip()}")
    return cells


def _places(cells: Cells, title: str) -> list[int]:
    exact = [index for index, each in enumerate(cells.header) if each == title.strip()]
    by_id = [i for i, each in enumerate(cells.header) if (found := _WITH_ID.match(each)) and found[1] == title.strip()]
    return exact or by_id


def _place(cells: Cells, title: str) -> int:
    return _places(cells, title)[0]


def _with_column(cells: Cells, column: Column, says: list[str]) -> Cells:
    """Return the file with a column of that title; a new one stands last."""
    found = _places(cells, column.title)
    if len(found) > 1:
        names = ", ".join(f"`{cells.header[index]}`" for index in found)
        help_ = "give the whole title, with its id"
        raise TeacherFileError("E006", f"`{column.title}` fits several columns: {names}", f"{help_}: one of {names}")
    most = next((row for row in cells.rows if _POINTS_POSSIBLE in row[0]), None)
    if not found:
        says.append(f"the file has no `{column.title}`: Canvas will make a new assignment of that title")
        says.extend(_title_warnings(column.title))
        new = {id(cells.rows[0]): text_cell(column.title), id(most): points_cell(column.max_score)}
        return cells.with_rows(lambda _, row: (*row, new.get(id(row), "")))
    possible = most[found[0]].strip() if most is not None else ""
    if "read only" in possible:
        raise TeacherFileError("E006", f"Canvas only reads `{column.title}`", "name an assignment with --title")
    due = points_cell(column.max_score)
    if possible and not _same_number(possible, due):
        says.append(f"`{column.title}` has {possible} points in Canvas, the rubric has {due}: points are not converted")
    return cells


def _same_number(written: str, due: str) -> bool:
    try:
        return float(written.replace(",", ".")) == float(due)
    except ValueError:
        return False


def _students_of_rows(cells: Cells, gradebook: Gradebook) -> dict[int, Student]:
    """Return whose row each row is.

    By Canvas's own id, by the ids of the university, by the id in the class, and last by a name that only one has.
    """
    students = gradebook.students
    ids = {student.id: student for student in students}
    names = unique_by(students, lambda student: _folded(student.name))
    emails = unique_by(students, lambda student: student.email.casefold())
    last_first = cells.header[0] == "LastName"
    at = {title: cells.column(title) for title in ("ID", "SIS User ID", "SIS Login ID")}
    by_title = {
        "ID": unique_by(students, lambda student: student.keys.get("canvas_id", "")),
        "SIS User ID": unique_by(students, lambda student: student.keys.get("sis_id", "")),
        "SIS Login ID": unique_by(students, lambda student: student.keys.get("login", "")),
    }
    found: dict[int, Student] = {}
    for index, row in enumerate(cells.rows[1:], start=1):
        if _POINTS_POSSIBLE in row[0] or all(_NO_STUDENT.fullmatch(cell) for cell in row):
            continue
        own = {title: row[place].strip() for title, place in at.items() if place is not None}
        name = f"{row[0]}, {row[1]}" if last_first else row[0]
        student = next((by_title[title][key] for title, key in own.items() if key in by_title[title]), None)
        student = student or next((ids[key] for key in own.values() if key in ids), None)
        student = student or emails.get(own.get("SIS Login ID", "").casefold() or "-")
        student = student or names.get(_folded(name))
        if student is not None:
            found[index] = student
    return found


def _folded(name: str) -> str:
    """Return a name in one order: Canvas writes ``Lovelace, Ada``, a roster ``Ada Lovelace``."""
    last, comma, first = name.partition(",")
    return " ".join((f"{first} {last}" if comma else name).casefold().split())
