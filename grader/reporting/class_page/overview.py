"""What stands at the head of the page: a class in a few numbers, and what its lecturer has to act on."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from grader.model.gradebook import Gradebook, Mark
from grader.model.handin import Student
from grader.reporting.class_page.rows import feedback_link
from grader.reporting.needs import needs
from grader.reporting.points import points_count, points_text

MOST_LISTED = 50
"""People of one list; the table below has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A student in a list.

    Parameters
    ----------
    name, link, says : str
        `link` and `says` may be empty.
    """

    name: str
    link: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleList:
    """Students who share something.

    Parameters
    ----------
    count : int
        All of them.
    shown : tuple of Person
        The first of them, in the order of the gradebook.
    state : str
        The table's filter that shows them all; empty where it has none.
    """

    count: int
    shown: tuple[Person, ...]
    state: str

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A class in a few numbers.

    Parameters
    ----------
    students, handed_in, graded, full : int
        Students; those of a hand-in, with a grade, and with full marks.
    max_score, mean, median : str
        Points; the last two are empty where nobody has a grade.
    not_graded, undecided, late, missing : PeopleList
    others : tuple of (str, PeopleList)
        What else a person has to look at: why, and whom it concerns.
    """

    students: int
    handed_in: int
    graded: int
    full: int
    max_score: str
    mean: str
    median: str
    not_graded: PeopleList
    undecided: PeopleList
    late: PeopleList
    missing: PeopleList
    others: tuple[tuple[str, PeopleList], ...]


def final_scores(gradebook: Gradebook) -> Iterator[Fraction]:
    """Yield what counts, of each student who has a grade.

    Parameters
    ----------
    gradebook : Gradebook

    Yields
    ------
    Fraction
    """
    return (mark.final for mark in gradebook.marks if mark.final is not None)


def overview(gradebook: Gradebook) -> Overview:
    """Return a class in a few numbers.

    Parameters
    ----------
    gradebook : Gradebook

    Returns
    -------
    Overview
    """
    most = gradebook.assignment.max_score
    finals = list(final_scores(gradebook))
    people = list(zip(gradebook.students, gradebook.marks, strict=True))
    return Overview(
        students=len(gradebook.students),
        handed_in=sum(mark.status != "missing" for mark in gradebook.marks),
        graded=len(finals),
        full=sum(mark.final is not None and mark.final >= most and not mark.undecided for mark in gradebook.marks),
        max_score=points_text(most, of=most),
        mean=points_text(round(sum(finals, start=Fraction(0)) / len(finals), 1)) if finals else "",
        median=points_text(round(Fraction(median(finals)), 1)) if finals else "",
        not_graded=_list([(s, m, m.reason) for s, m in people if m.status == "not_graded"], "n"),
        undecided=_list([(s, m, points_count(m.undecided)) for s, m in people if m.undecided], "u"),
        late=_list([(s, m, m.late.says) for s, m in people if m.late is not None and m.late.late_s > 0], "l"),
        missing=_list([(s, m, "") for s, m in people if m.status == "missing"], "m"),
        others=_others(gradebook, people),
    )


def _others(gradebook: Gradebook, people: list[tuple[Student, Mark]]) -> tuple[tuple[str, PeopleList], ...]:
    of_student = {student.id: (student, mark, "") for student, mark in people}
    concerned: dict[str, list[tuple[Student, Mark, str]]] = {}
    for need in needs(gradebook):
        # These two have lists of their own, with what each student is told.
        if need.kind not in ("not_graded", "undecided"):
            concerned.setdefault(need.says, []).append(of_student[need.student])
    return tuple((says, _list(listed, "")) for says, listed in concerned.items())


def _list(people: list[tuple[Student, Mark, str]], state: str) -> PeopleList:
    shown = tuple(
        Person(name=student.shown, link=feedback_link(mark.hand_in), says=says)
        for student, mark, says in people[:MOST_LISTED]
    )
    return PeopleList(count=len(people), shown=shown, state=state)
