"""The students' table: a row a student, as data for the page's script and as words for a reader without one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from markupsafe import Markup

from grader.model.gradebook import Gradebook, Mark
from grader.model.handin import Student
from grader.reporting.class_page.details import mark_details
from grader.reporting.class_page.embedded import embedded_json, number
from grader.reporting.needs import nothing_says
from grader.reporting.points import points_count, points_text

MOST_WITHOUT_SCRIPT = 300
"""Students up to whom the whole table stands in the page; a larger class is shown page by page, by the script."""
_ROWS_A_PIECE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One student as the table shows them.

    Parameters
    ----------
    name : str
    id : str
        Empty where the name says the same.
    section : str
    total : str
        Empty for no grade.
    points : tuple of str
        A problem each; empty for no grade.
    says : str
        What is special: not graded, undecided, late, missing.
    link : str
        To the student's feedback; empty for none.
    """

    name: str
    id: str
    section: str
    total: str
    points: tuple[str, ...]
    says: str
    link: str


def feedback_link(hand_in: str | None) -> str:
    """Return where a hand-in's feedback stands, as seen from the page.

    Parameters
    ----------
    hand_in : str or None
        Its id; a file's name on every system.

    Returns
    -------
    str
        A relative URL; empty for None.
    """
    # An id may hold letters of any script, and signs that mean something in a URL.
    return f"feedback/{quote(hand_in, safe='', errors='surrogateescape')}.html" if hand_in is not None else ""


def status_words(mark: Mark) -> str:
    """Return what is special about a grade.

    Parameters
    ----------
    mark : Mark

    Returns
    -------
    str
        Such as ``"late, 2 days; 3 points undecided"``; empty for nothing.
    """
    parts = [*_status(mark.status)]
    if mark.nothing:
        parts.append(nothing_says(mark))
    if mark.undecided:
        parts.append(f"{points_count(mark.undecided)} undecided")
    if mark.late is not None and mark.late.late_s > 0:
        days = mark.late.days
        parts.append("late" if days == 0 else f"late, {days} {'day' if days == 1 else 'days'}")
    if mark.adjustments:
        parts.append("adjusted")
    return "; ".join(parts)


def _status(status: Literal["graded", "not_graded", "missing"]) -> list[str]:
    match status:
        case "graded":
            return []
        case "not_graded":
            return ["not graded"]
        case "missing":
            return ["nothing handed in"]


def plain_rows(gradebook: Gradebook) -> Iterator[Row]:
    """Yield the rows of the table as words.

    Parameters
    ----------
    gradebook : Gradebook
        Of the class.

    Yields
    ------
    Row
        In the order of the gradebook.
    """
    for student, mark in zip(gradebook.students, gradebook.marks, strict=True):
        own = {problem.id: problem for problem in mark.problems}
        yield Row(
            name=student.shown,
            id=student.id if student.name and student.name != student.id else "",
            section=student.section,
            total="" if mark.final is None else points_text(mark.final, of=mark.max_score),
            points=tuple(
                points_text(own[head.id].adjusted, of=head.max_score) if head.id in own else ""
                for head in gradebook.problems
            ),
            says=status_words(mark),
            link=feedback_link(mark.hand_in),
        )


def row_data(gradebook: Gradebook, details: Mapping[str, dict[str, Any]]) -> Iterator[Markup]:
    """Yield the rows of the table as the body of a JSON array, in pieces.

    Parameters
    ----------
    gradebook : Gradebook
        Of the class.
    details : mapping of str to dict
        By hand-in id; empty where the page holds no student's own report.

    Yields
    ------
    markupsafe.Markup
        A row is ``[name, id, section, link, total, points, says, state, own]``; `state` is a set of letters that the
        filter knows: n not graded, u undecided, l late, m missing, f full marks; `own` what the grade adds to the
        report.
    """
    pieces: list[str] = []
    lead = ""
    for student, mark in zip(gradebook.students, gradebook.marks, strict=True):
        pieces.append(f"{lead}\n{embedded_json(_row(gradebook, student, mark, with_own=bool(details)))}")
        lead = ","
        if len(pieces) == _ROWS_A_PIECE:
            yield Markup("").join(map(Markup, pieces))
            pieces.clear()
    yield Markup("").join(map(Markup, pieces))


def _row(gradebook: Gradebook, student: Student, mark: Mark, *, with_own: bool) -> list[Any]:
    own = {problem.id: problem for problem in mark.problems}
    row: list[Any] = [
        student.shown,
        student.id if student.name and student.name != student.id else "",
        student.section,
        mark.hand_in,
        None if mark.final is None else number(mark.final, of=mark.max_score),
        [number(own[h.id].adjusted, of=h.max_score) if h.id in own else None for h in gradebook.problems],
        status_words(mark),
        _letters(mark),
    ]
    if with_own:
        row.append(mark_details(mark, gradebook.problems))
    return row


def _letters(mark: Mark) -> str:
    return "".join(
        letter
        for letter, holds in (
            ("n", mark.status == "not_graded"),
            ("m", mark.status == "missing"),
            ("u", mark.undecided > 0),
            ("l", mark.late is not None and mark.late.late_s > 0),
            ("f", mark.final is not None and mark.final >= mark.max_score and mark.undecided == 0),
        )
        if holds
    )
