"""``adjustments.toml``: points that a person gives or takes away after grading, each with its reason."""

from collections.abc import Iterable, Mapping
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.batch.small_toml import Faults, did_you_mean, read_toml
from grader.model.gradebook import Adjustment
from grader.model.handin import Student

FILE_NAME = "adjustments.toml"
# More than any assignment gives, and still exact as a float, which is what other programs read.
_MOST_POINTS = 1_000_000
_KEYS = ("student", "problem", "points", "reason")
_EXAMPLE = 'write `[[adjustment]]`, then `student = "…"`, `problem = "…"`, `points = 4` and `reason = "…"`'


class AdjustmentCode(Enum):
    """A fault of ``adjustments.toml``: the code that is printed, and what it is about."""

    UNREADABLE = ("A001", "the file cannot be read")
    NOT_TOML = ("A002", "the file is not TOML")
    UNKNOWN_KEY = ("A003", "a key that adjustments do not have")
    MISSING_KEY = ("A004", "a key that is needed is missing")
    WRONG_TYPE = ("A005", "a value of the wrong type")
    NOT_FINITE = ("A006", "nan, infinity or a number that no grade can be where points are due")
    UNKNOWN_STUDENT = ("A007", "a student who is not in the class")
    UNKNOWN_PROBLEM = ("A008", "a problem that the assignment does not have")
    NO_REASON = ("A009", "an adjustment without a reason")


def load_adjustments(path: Path, students: Iterable[Student], problems: Iterable[str]) -> tuple[Adjustment, ...]:
    """Read the adjustments of a class.

    Parameters
    ----------
    path : Path
        ``adjustments.toml``; where there is no such file, nothing is adjusted.
    students : iterable of Student
        The class.
    problems : iterable of str
        Identifiers of the assignment's problems.

    Returns
    -------
    tuple of Adjustment
        In the order of the file.

    Raises
    ------
    DiagnosedError
        With everything that is wrong with the file.
    """
    if not path.exists() and not path.is_symlink():
        return ()
    values, faults = read_toml(path, unreadable=AdjustmentCode.UNREADABLE, not_toml=AdjustmentCode.NOT_TOML)
    ids = {student.id: student for student in students}
    known = tuple(problems)
    for key in values:
        if key != "adjustment":
            faults.add(AdjustmentCode.UNKNOWN_KEY, f"there is no key `{key}` here", (key,), on="key", help_=_EXAMPLE)
    tables = values.get("adjustment", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        faults.add(AdjustmentCode.WRONG_TYPE, "`adjustment` is not a list of tables", ("adjustment",), help_=_EXAMPLE)
        tables = []
    found = [_adjustment(table, index, faults, ids, known) for index, table in enumerate(tables)]
    faults.raise_any()
    return tuple(adjustment for adjustment in found if adjustment is not None)


def _adjustment(
    table: dict[str, Any], index: int, faults: Faults, students: Mapping[str, Student], problems: tuple[str, ...]
) -> Adjustment | None:
    path = ("adjustment", index)
    for key in table:
        if key not in _KEYS:
            help_ = did_you_mean(key, _KEYS, "keys")
            faults.add(
                AdjustmentCode.UNKNOWN_KEY, f"adjustments have no key `{key}`", (*path, key), on="key", help_=help_
            )
    student = _text(table, "student", path, faults)
    if student is not None and student not in students:
        faults.add(
            AdjustmentCode.UNKNOWN_STUDENT,
            f"there is no student `{student}` in this class",
            (*path, "student"),
            help_=_nearest_student(student, students),
        )
    problem = _text(table, "problem", path, faults) if "problem" in table else ""
    if problem and problem not in problems:
        help_ = did_you_mean(problem, problems, "problems")
        says = f"the assignment has no problem `{problem}`"
        faults.add(AdjustmentCode.UNKNOWN_PROBLEM, says, (*path, "problem"), help_=help_)
    reason = _text(table, "reason", path, faults)
    if reason is not None and not reason.strip():
        help_ = "say in a sentence to the student why the points change"
        faults.add(AdjustmentCode.NO_REASON, "the reason is empty", (*path, "reason"), help_=help_)
    points = _points(table, path, faults)
    if student is None or problem is None or reason is None or points is None:
        return None
    return Adjustment(student=student, problem=problem, points=points, reason=reason.strip())


def _missing(key: str, path: tuple[str | int, ...], faults: Faults) -> None:
    says = f"this adjustment does not say its `{key}`"
    faults.add(AdjustmentCode.MISSING_KEY, says, path, help_=_EXAMPLE)


def _text(table: dict[str, Any], key: str, path: tuple[str | int, ...], faults: Faults) -> str | None:
    if key not in table:
        _missing(key, path, faults)
        return None
    value = table[key]
    if not isinstance(value, str):
        help_ = f'write it in quotes: `{key} = "{value}"`' if isinstance(value, int) else "write it in quotes"
        faults.add(AdjustmentCode.WRONG_TYPE, f"`{key}` is not a text", (*path, key), help_=help_)
        return None
    return value


def _points(table: dict[str, Any], path: tuple[str | int, ...], faults: Faults) -> Fraction | None:
    if "points" not in table:
        _missing("points", path, faults)
        return None
    value = table["points"]
    if isinstance(value, bool) or not isinstance(value, int | float):
        help_ = "write a number without quotes: `points = 4`, or `points = -2.5` to take away"
        faults.add(AdjustmentCode.WRONG_TYPE, "`points` is not a number", (*path, "points"), help_=help_)
        return None
    # Written so that nan fails.
    if not abs(value) <= _MOST_POINTS:
        # Python writes out no integer of thousands of digits.
        says = f"`points` cannot be {value}" if isinstance(value, float) else "`points` is a number that is too large"
        faults.add(AdjustmentCode.NOT_FINITE, says, (*path, "points"), help_=f"at most {_MOST_POINTS:,} either way")
        return None
    # repr() of a float is the shortest decimal that names it: what was typed.
    return Fraction(repr(value))


def _nearest_student(written: str, students: Mapping[str, Student]) -> str:
    """Return who may be meant: somebody of that name or address, else the nearest id."""
    folded = written.casefold()
    for student in students.values():
        if folded in {student.name.casefold(), student.email.casefold()}:
            return f"{student.shown} is the student `{student.id}`"
    return did_you_mean(written, students, "students")
