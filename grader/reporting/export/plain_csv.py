"""Plain CSV: one row a submission, a column a problem."""

from collections.abc import Iterator

from grader.model.gradebook import Gradebook, Mark
from grader.reporting.csv_cells import csv_text, points_cell, text_cell
from grader.reporting.export.columns import Exported, columns, left_blank
from grader.reporting.grades_csv import BYTE_ORDER_MARK, problem_cells, problem_headers
from grader.reporting.needs import MissingAs, counts

HEADERS = ("hand_in", "students", "path", "submitted_at", "status", "graded", "counts", "max_score", "undecided")


def plain_csv(gradebook: Gradebook, missing_as: MissingAs) -> Exported:
    """Return the submissions of a class as CSV; those who handed in nothing come last, with an empty hand-in.

    Parameters
    ----------
    gradebook : Gradebook
        A class.
    missing_as : "blank" or "zero"
        What a student who handed in nothing gets.

    Returns
    -------
    Exported
    """
    text = BYTE_ORDER_MARK + "".join(csv_text(_rows(gradebook, missing_as)))
    return Exported(text=text, says=left_blank(gradebook, columns(gradebook, [], missing_as)))


def _rows(gradebook: Gradebook, missing_as: MissingAs) -> Iterator[list[str]]:
    yield [*HEADERS, *problem_headers(gradebook, HEADERS)]
    marks = {mark.hand_in: mark for mark in reversed(gradebook.marks)}
    for hand_in in gradebook.hand_ins:
        if (mark := marks.get(hand_in.id)) is not None:
            when = hand_in.submitted_at.isoformat() if hand_in.submitted_at is not None else ""
            about = [text_cell(hand_in.id), text_cell(" ".join(hand_in.students)), text_cell(hand_in.path), when]
            yield [*about, *_grade(mark, missing_as), *problem_cells(gradebook, mark)]
    for mark in gradebook.marks:
        if mark.hand_in is None:
            yield ["", text_cell(mark.student), "", "", *_grade(mark, missing_as), *problem_cells(gradebook, mark)]


def _grade(mark: Mark, missing_as: MissingAs) -> list[str]:
    return [
        mark.status,
        points_cell(mark.score, of=mark.max_score),
        points_cell(counts(mark, missing_as), of=mark.max_score),
        points_cell(mark.max_score),
        points_cell(mark.undecided if mark.status == "graded" else None),
    ]
