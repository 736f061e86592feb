"""What a grade leaves to a person: nothing of it is ever turned into a number by itself."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

from grader.model.base import Value
from grader.model.gradebook import Gradebook, Mark
from grader.model.handin import HandIn
from grader.reporting.points import points_count

NeedKind = Literal[
    "not_graded",
    "undecided",
    "late_unknown",
    "late_disputed",
    "adjustment_without_grade",
    "nothing_to_run",
]
MissingAs = Literal["blank", "zero"]


class Need(Value):
    """Something that a person has to look at."""

    student: str
    """The student's id."""
    kind: NeedKind
    says: str
    """Why, in one line."""


def needs(gradebook: Gradebook) -> Iterator[Need]:
    """Yield what a person has to look at, in the order of the students.

    Parameters
    ----------
    gradebook : Gradebook
        A class.

    Yields
    ------
    Need
    """
    hand_ins = {hand_in.id: hand_in for hand_in in gradebook.hand_ins}
    for mark in gradebook.marks:
        yield from _of_grade(mark)
        if mark.hand_in is not None and gradebook.late_policy is not None:
            yield from _of_lateness(mark, hand_ins[mark.hand_in])


def _of_grade(mark: Mark) -> Iterator[Need]:
    if mark.status == "not_graded":
        yield Need(student=mark.student, kind="not_graded", says=mark.reason or "it was not graded")
    if mark.status == "graded" and mark.undecided > 0:
        yield Need(student=mark.student, kind="undecided", says=undecided_says(mark))
    if mark.nothing and not mark.adjustments:
        # Who changes the points has looked at it.
        yield Need(
            student=mark.student,
            kind="nothing_to_run",
            says=f"what was handed in {nothing_says(mark)}, so that it has 0 points",
        )
    if mark.status != "graded" and mark.adjustments:
        says = f"{len(mark.adjustments)} adjustments wait, because there is no grade to change"
        if len(mark.adjustments) == 1:
            says = "an adjustment waits, because there is no grade to change"
        yield Need(student=mark.student, kind="adjustment_without_grade", says=says)


def nothing_says(mark: Mark) -> str:
    """Return why there was nothing to try in what somebody handed in.

    Parameters
    ----------
    mark : Mark
        Any.

    Returns
    -------
    str
        Empty where something was tried.
    """
    match mark.nothing:
        case "":
            return ""
        case "not_run":
            return "could not be run"
        case "no_function":
            return "has none of the functions"


def undecided_says(mark: Mark) -> str:
    """Return how many points of a grade are undecided, and of which problems.

    Parameters
    ----------
    mark : Mark
        Graded, with undecided points.

    Returns
    -------
    str
    """
    decided = {adjustment.problem for adjustment in mark.adjustments}
    names = [problem.id for problem in mark.problems if problem.undecided > 0 and problem.id not in decided]
    return f"{points_count(mark.undecided)} undecided in {', '.join(names)}"


def _of_lateness(mark: Mark, hand_in: HandIn) -> Iterator[Need]:
    if mark.late is None:
        says = "when it was handed in is unknown, so that nothing was taken away for lateness"
        if hand_in.late:
            says = "the course system calls it late, but not how late, so that nothing was taken away"
        if hand_in.late is not False:
            yield Need(student=mark.student, kind="late_unknown", says=says)
    elif hand_in.late and mark.late.late_s == 0:
        says = "the course system calls it late, by its time it is not; nothing was taken away"
        yield Need(student=mark.student, kind="late_disputed", says=says)


def counts(mark: Mark, missing_as: MissingAs) -> Fraction | None:
    """Return the points that a gradebook may be given.

    Parameters
    ----------
    mark : Mark
        One student's grade.
    missing_as : "blank" or "zero"
        What a student who handed in nothing gets.

    Returns
    -------
    Fraction or None
        None where the cell stays blank: nothing was graded, or points are undecided.
    """
    match mark.status:
        case "graded":
            return mark.final if mark.undecided == 0 else None
        case "not_graded":
            return None
        case "missing":
            return Fraction(0) if missing_as == "zero" else None


def why_blank(mark: Mark) -> str:
    """Return why a gradebook's cell stays blank.

    Parameters
    ----------
    mark : Mark
        One for which `counts` gives nothing.

    Returns
    -------
    str
    """
    match mark.status:
        case "graded":
            return undecided_says(mark)
        case "not_graded":
            return f"not graded: {mark.reason}" if mark.reason else "not graded"
        case "missing":
            return "nothing was handed in"
