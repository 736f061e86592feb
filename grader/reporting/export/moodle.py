"""Moodle's gradebook: free columns that the teacher maps when importing.

Rules from ``grade/import/csv/classes/load_data.php`` of moodle/moodle: a user is found by id number, email (case
counts) or username; a grade is a number or ``-``, and anything else ends the import.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from grader.model.gradebook import Gradebook
from grader.model.handin import Student
from grader.reporting.csv_cells import csv_text, text_cell
from grader.reporting.export.columns import Exported, columns, left_blank, some
from grader.reporting.needs import MissingAs

NO_GRADE = "-"
_MOST_WITHOUT_SETTING = Fraction(100)
"""``insert_grade_record`` refuses more unless the site has unlimited grades."""


def moodle(gradebook: Gradebook, titles: Sequence[str], missing_as: MissingAs) -> Exported:
    """Return a file for Grades, Import, CSV file.

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
        Students by whom Moodle could know nobody are left out and listed: one of them would end the import.
    """
    shown = columns(gradebook, titles, missing_as)
    keys: dict[str, Callable[[Student], str]] = {
        "ID number": lambda student: student.keys.get("moodle_idnumber", "") or student.keys.get("sis_id", ""),
        "Email address": lambda student: student.email,
        "Username": lambda student: student.keys.get("login", ""),
    }
    used = {title: key for title, key in keys.items() if any(key(student) for student in gradebook.students)}
    rows = [["Full name", *used, *(text_cell(each.title) for each in shown)]]
    unknown = []
    for student, mark in zip(gradebook.students, gradebook.marks, strict=True):
        found = [text_cell(key(student)) for key in used.values()]
        if any(found):
            rows.append([text_cell(student.shown), *found, *(each.cell(mark) or NO_GRADE for each in shown)])
        else:
            unknown.append(student.shown)
    says = []
    for title, key in used.items():
        count = sum(bool(key(student)) for student in gradebook.students)
        says.append(f"map from `{title}`: {count} of {len(gradebook.students)} students have one")
    if not used:
        says.append("Moodle finds students by id number, email or username, and none is known: give a roster with them")
    if any(each.max_score > _MOST_WITHOUT_SETTING for each in shown):
        says.append("Moodle refuses grades above 100 unless the site allows unlimited grades")
    says += some("left out, because Moodle could not know them", unknown)
    return Exported(text="".join(csv_text(rows)), says=(*says, *left_blank(gradebook, shown)))
