"""Moodle's offline grading worksheet: the teacher's own file, filled in.

Rules from ``mod/assign/feedback/offline/importgradeslib.php`` of moodle/moodle: the row is known by the number at the
end of its identifier; titles are in the site's language; the time of the last change must stay as it was.
"""

import re
from collections.abc import Sequence
from fractions import Fraction

from grader.model.gradebook import Gradebook
from grader.model.handin import Student
from grader.reporting.export.columns import Exported, columns, left_blank, not_there, unique_by
from grader.reporting.export.teacher_file import Cells, TeacherFileError, read_cells
from grader.reporting.needs import MissingAs

_IDENTIFIER = re.compile(r"(\D+?)(\d+)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_GRADE = "Grade"
_KEY = "moodle_participant"


def fill_moodle_worksheet(gradebook: Gradebook, data: bytes, titles: Sequence[str], missing_as: MissingAs) -> Exported:
    """Return a worksheet that Moodle made, with the grades filled in.

    Parameters
    ----------
    gradebook : Gradebook
        A class.
    data : bytes
        The worksheet, from View all submissions, Download grading worksheet.
    titles : sequence of str
        The title of the grade's column, where it is not found by itself; at most one.
    missing_as : "blank" or "zero"
        What a student who handed in nothing gets.

    Returns
    -------
    Exported
        All cells as they were, but for grades.

    Raises
    ------
    TeacherFileError
        It is no worksheet, nobody of the class is in it, or its column of grades cannot be told.
    """
    cells = read_cells(data)
    identifier = _identifier_column(cells)
    place, most = _grade_column(cells, titles[0] if titles else "")
    (shown,) = columns(gradebook, [], missing_as)
    students = unique_by(gradebook.students, _participant)
    marks = {student.id: mark for student, mark in zip(gradebook.students, gradebook.marks, strict=True)}
    comma = any("," in row[index] for row in cells.rows[1:] for index in (place, place + 1) if index < len(row))
    found: set[str] = set()
    kept: dict[str, list[str]] = {}

    def filled(index: int, row: tuple[str, ...]) -> Sequence[str]:
        number = _IDENTIFIER.fullmatch(row[identifier].strip()) if index else None
        student = students.get(number[2].lstrip("0")) if number else None
        if student is None:
            return row
        found.add(student.id)
        cell = shown.cell(marks[student.id])
        if not cell:
            if row[place].strip():
                kept[student.id] = [row[place].strip()]
            return row
        return [*row[:place], cell.replace(".", ",") if comma else cell, *row[place + 1 :]]

    text = cells.with_rows(filled).text()
    says = []
    if most is not None and most != shown.max_score:
        says.append(f"the worksheet's maximum is {most}, the rubric's {shown.max_score}: points are not converted")
    return Exported(text=text, says=(*says, *not_there(gradebook, found), *left_blank(gradebook, [shown], kept)))


def _participant(student: Student) -> str:
    found = re.search(r"(\d+)\s*\Z", student.keys.get(_KEY, ""))
    return found[1].lstrip("0") if found else ""


def _identifier_column(cells: Cells) -> int:
    """Return the column whose cells are one word and different numbers, in whatever language."""
    for index in range(len(cells.rows[0])):
        found = [_IDENTIFIER.fullmatch(row[index].strip()) for row in cells.rows[1:]]
        words = {match[1] for match in found if match}
        numbers = [match[2] for match in found if match]
        if found and len(numbers) == len(found) and len(words) == 1 and len(set(numbers)) == len(numbers):
            return index
    help_ = "download it in Moodle with View all submissions, Download grading worksheet"
    raise TeacherFileError("E007", "this is not a grading worksheet of Moodle's: no row says `Participant 123`", help_)


def _grade_column(cells: Cells, title: str) -> tuple[int, Fraction | None]:
    """Return the column of grades, and the most that it allows.

    Moodle writes the grade just before the maximum grade, which is the same number in every row.
    """
    by_title = cells.column(title) if title else cells.column(_GRADE)
    if title and by_title is None:
        listed = ", ".join(f"`{each}`" for each in cells.header)
        raise TeacherFileError("E008", f"the worksheet has no column `{title}`", f"its columns are {listed}")
    for index in range(len(cells.rows[0]) - 1) if by_title is None else (by_title,):
        most = _maximum(cells, index)
        if most is not None:
            return index, most
    if by_title is not None:
        return by_title, None
    help_ = "name it with --title, as the worksheet writes it"
    raise TeacherFileError("E008", "which column of the worksheet holds the grades cannot be told", help_)


def _maximum(cells: Cells, index: int) -> Fraction | None:
    """Return the maximum grade if the next column holds it and this one could hold grades."""
    rows = cells.rows[1:]
    if index + 1 >= len(cells.rows[0]):
        return None
    after = {row[index + 1].strip() for row in rows}
    own = {row[index].strip() for row in rows} - {"", "-"}
    if len(after) != 1 or not all(_NUMBER.fullmatch(cell) for cell in after | own):
        return None
    most = Fraction(after.pop().replace(",", "."))
    return most if most > 0 and all(Fraction(cell.replace(",", ".")) <= most for cell in own) else None
