"""``grades.csv``: one row a student, a column a problem, and all that the grade was made from."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from grader.model.gradebook import Gradebook, Mark
from grader.model.handin import HandIn, Student
from grader.reporting.csv_cells import csv_text, points_cell, text_cell
from grader.reporting.needs import counts, nothing_says, why_blank

HEADERS = (
    "student",
    "name",
    "email",
    "section",
    "hand_in",
    "submitted_at",
    "status",
    "graded",
    "adjusted",
    "late_days",
    "late_penalty",
    "counts",
    "max_score",
    "undecided",
    "note",
)
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for the code page of its machine, and Müller for MÃ¼ller."""


def problem_headers(gradebook: Gradebook, taken: Sequence[str]) -> tuple[str, ...]:
    """Return the titles of the columns of problems: their ids.

    Parameters
    ----------
    gradebook : Gradebook
        A class.
    taken : sequence of str
        Titles of other columns; a problem of such an id is called ``problem ID``.

    Returns
    -------
    tuple of str
    """
    return tuple(text_cell(f"problem {p.id}" if p.id in taken else p.id) for p in gradebook.problems)


def problem_cells(gradebook: Gradebook, mark: Mark) -> list[str]:
    """Return the points of each problem after adjustments; blank where there are none, or some are undecided.

    Parameters
    ----------
    gradebook : Gradebook
        A class.
    mark : Mark
        One student's grade.

    Returns
    -------
    list of str
    """
    decided = {adjustment.problem for adjustment in mark.adjustments}
    own = {p.id: p for p in mark.problems if p.undecided == 0 or p.id in decided}
    return [points_cell(own[p.id].adjusted, of=p.max_score) if p.id in own else "" for p in gradebook.problems]


def grades_csv(gradebook: Gradebook) -> Iterator[str]:
    """Yield the grades of a class as CSV.

    Parameters
    ----------
    gradebook : Gradebook
        A class.

    Yields
    ------
    str
        Pieces of the file, which begins with a byte order mark. ``counts`` is blank where nothing was graded or points
        are undecided; ``note`` says why, and where there was nothing to try in a hand-in.
    """
    yield BYTE_ORDER_MARK
    yield from csv_text(_rows(gradebook))


def _rows(gradebook: Gradebook) -> Iterator[list[str]]:
    hand_ins = {hand_in.id: hand_in for hand_in in gradebook.hand_ins}
    yield [*HEADERS, *problem_headers(gradebook, HEADERS)]
    for student, mark in zip(gradebook.students, gradebook.marks, strict=True):
        hand_in = hand_ins[mark.hand_in] if mark.hand_in is not None else None
        yield [*_about(student, hand_in), *_grade(mark), *problem_cells(gradebook, mark)]


def _about(student: Student, hand_in: HandIn | None) -> list[str]:
    when = hand_in.submitted_at if hand_in is not None else None
    texts = (student.id, student.name, student.email, student.section, hand_in.id if hand_in is not None else "")
    return [*map(text_cell, texts), when.isoformat() if when is not None else ""]


def _grade(mark: Mark) -> list[str]:
    points = counts(mark, "blank")
    graded = mark.status == "graded"
    changes = sum((adjustment.points for adjustment in mark.adjustments), start=Fraction(0))
    return [
        mark.status,
        points_cell(mark.score, of=mark.max_score),
        points_cell(changes if graded and mark.adjustments else None),
        str(mark.late.days) if mark.late is not None else "",
        points_cell(mark.late.penalty) if mark.late is not None else "",
        points_cell(points, of=mark.max_score),
        points_cell(mark.max_score),
        points_cell(mark.undecided if graded else None),
        text_cell(nothing_says(mark) if points is not None else why_blank(mark)),
    ]
