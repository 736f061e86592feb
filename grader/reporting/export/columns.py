"""Columns of points for a gradebook of another system, and what an export has to say besides."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from grader.model.gradebook import Gradebook, Mark
from grader.model.handin import Student
from grader.reporting.csv_cells import points_cell
from grader.reporting.export.teacher_file import TeacherFileError
from grader.reporting.needs import MissingAs, counts, why_blank

_MOST_LISTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file for another system.

    Parameters
    ----------
    text : str
        What it holds.
    says : tuple of str
        What the lecturer should know: cells that stay blank and why, students that were not found.
    """

    text: str
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of points.

    Parameters
    ----------
    title : str
        As the other system calls it.
    max_score : Fraction
        The points that can be had.
    points : callable
        From a mark to its points; None where the cell stays blank.
    """

    title: str
    max_score: Fraction
    points: Callable[[Mark], Fraction | None]

    def cell(self, mark: Mark) -> str:
        """Return the points as a number; blank where there are none."""
        return points_cell(self.points(mark), of=self.max_score)


def columns(gradebook: Gradebook, titles: Sequence[str], missing_as: MissingAs) -> tuple[Column, ...]:
    """Return the columns that were asked for.

    Parameters
    ----------
    gradebook : Gradebook
        A class.
    titles : sequence of str
        ``TITLE`` for what counts in all, ``PROBLEM=TITLE`` for one problem; none for what counts, by the assignment's
        title.
    missing_as : "blank" or "zero"
        What a student who handed in nothing gets.

    Returns
    -------
    tuple of Column
    """
    problems = {problem.id: problem for problem in gradebook.problems}
    found = []
    for title in titles or [gradebook.assignment.title]:
        name, equals, rest = title.partition("=")
        if equals and name in problems and rest:
            found.append(_of_problem(name, rest, problems[name].max_score, missing_as))
        else:
            most = gradebook.assignment.max_score
            found.append(Column(title=title, max_score=most, points=lambda mark: counts(mark, missing_as)))
    return tuple(found)


def _of_problem(problem: str, title: str, max_score: Fraction, missing_as: MissingAs) -> Column:
    def points(mark: Mark) -> Fraction | None:
        if mark.status != "graded":
            return counts(mark, missing_as)
        decided = {adjustment.problem for adjustment in mark.adjustments}
        own = next((each for each in mark.problems if each.id == problem), None)
        return own.adjusted if own is not None and (own.undecided == 0 or problem in decided) else None

    return Column(title=title, max_score=max_score, points=points)


def left_blank(
    gradebook: Gradebook, shown: Sequence[Column], kept: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> tuple[str, ...]:
    """Return whose cells stay blank, and why.

    Parameters
    ----------
    gradebook : Gradebook
        A class.
    shown : sequence of Column
        What is exported.
    kept : mapping of str to sequence of str
        By a student's id, the cells without points in which the teacher's file holds something, which stays.

    Returns
    -------
    tuple of str
        A line a student, after one that counts them; empty where all cells hold a number.
    """
    stay: list[str] = []
    blank: list[str] = []
    for student, mark in zip(gradebook.students, gradebook.marks, strict=True):
        own = kept.get(student.id, ())
        if own:
            stay.append(f"{student.shown}: {', '.join(own)}; {why_blank(mark)}")
        elif any(column.points(mark) is None for column in shown):
            blank.append(f"{student.shown}: {why_blank(mark)}")
    return (
        *some("without points, where what the file holds stays", stay),
        *some("left blank, for a person to fill in", blank),
    )


def not_there(gradebook: Gradebook, found: Collection[str]) -> tuple[str, ...]:
    """Return who of a class has no row in a teacher's file.

    Parameters
    ----------
    gradebook : Gradebook
        A class.
    found : collection of str
        Ids of those who have one.

    Returns
    -------
    tuple of str
        As `some` gives them.

    Raises
    ------
    TeacherFileError
        If nobody has: the file is another class's, or the two know students by different ids.
    """
    lost = [student.shown for student in gradebook.students if student.id not in found]
    if lost and not found:
        help_ = (
            "grade with a --roster that holds the ids by which this file knows students; "
            "after --anonymous, add `--key DIR/key.csv`"
        )
        raise TeacherFileError("E014", "nobody of the class is in this file, so that nothing could be filled in", help_)
    return some("of the class not in this file", lost)


def some(says: str, lines: Sequence[str]) -> tuple[str, ...]:
    """Return lines with a heading that counts them; the first few of many.

    Parameters
    ----------
    says : str
        What they are.
    lines : sequence of str
        Any number.

    Returns
    -------
    tuple of str
        Empty for no lines.
    """
    if not lines:
        return ()
    more = len(lines) - _MOST_LISTED
    rest = [f"  … and {more} more; `summary.json` lists all that needs a person"] if more > 0 else []
    return (f"{len(lines)} {says}:", *(f"  {line}" for line in lines[:_MOST_LISTED]), *rest)


def unique_by(students: Iterable[Student], key: Callable[[Student], str]) -> dict[str, Student]:
    """Return students by a key, without those whose key is empty or somebody else's too.

    Parameters
    ----------
    students : iterable of Student
        A class.
    key : callable
        From a student to text.

    Returns
    -------
    dict of str to Student
    """
    found: dict[str, Student] = {}
    twice: set[str] = set()
    for student in students:
        name = key(student)
        if name and found.setdefault(name, student) is not student:
            twice.add(name)
    return {name: student for name, student in found.items() if name not in twice}
