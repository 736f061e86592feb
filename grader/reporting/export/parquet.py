"""Parquet: one row a check and one a student, for pandas, polars, DuckDB or R."""

import importlib
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.model.gradebook import Gradebook, Mark
from grader.model.handin import HandIn, Student
from grader.model.report import SubmissionReport
from grader.reporting.needs import MissingAs, counts

_ROWS_A_GROUP = 20_000
STUDENTS = "students.parquet"
CHECKS = "checks.parquet"
_STUDENT_COLUMNS = {
    "student": "string", "name": "string", "email": "string", "section": "string", "hand_in": "string",
    "submitted_at": "string", "status": "string", "graded": "float64", "adjustments": "float64", "late_s": "int64",
    "late_days": "int64", "late_penalty": "float64", "counts": "float64", "undecided": "float64",
    "max_score": "float64", "reason": "string",
}  # fmt: skip
_CHECK_COLUMNS = {
    "hand_in": "string", "problem": "string", "check": "string", "kind": "string", "verdict": "string",
    "outcome": "string", "score": "float64", "max_score": "float64", "cases_tried": "int64", "cases_failed": "int64",
    "resolution": "float64", "diagnosis": "string", "message": "string",
}  # fmt: skip


class ParquetMissingError(Exception):
    """Raised where the package that writes Parquet is not installed."""


def write_parquet(
    folder: Path, gradebook: Gradebook, reports: Iterable[tuple[str, SubmissionReport]], missing_as: MissingAs
) -> None:
    """Write ``students.parquet`` and ``checks.parquet``.

    Parameters
    ----------
    folder : Path
        Exists; nothing in it is read by anybody yet.
    gradebook : Gradebook
        A class.
    reports : iterable of (str, SubmissionReport)
        A hand-in's id and its report; read once, some thousand rows are in memory at a time.
    missing_as : "blank" or "zero"
        What a student who handed in nothing gets; blank is null.

    Raises
    ------
    ParquetMissingError
        pyarrow is not installed.
    OSError
        The folder may not be written to.
    """
    _write(folder / STUDENTS, _STUDENT_COLUMNS, _students(gradebook, missing_as))
    _write(folder / CHECKS, _CHECK_COLUMNS, _checks(reports))


def _imported(name: str) -> Any:
    # By name, because pyarrow ships no types and need not be installed.
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ParquetMissingError from error


def _write(path: Path, columns: dict[str, str], rows: Iterator[tuple[Any, ...]]) -> None:
    arrow, parquet = _imported("pyarrow"), _imported("pyarrow.parquet")
    schema = arrow.schema([(name, getattr(arrow, kind)()) for name, kind in columns.items()])
    with parquet.ParquetWriter(path, schema) as writer:
        group: list[tuple[Any, ...]] = []
        for row in rows:
            group.append(row)
            if len(group) == _ROWS_A_GROUP:
                writer.write_table(_table(arrow, schema, group))
                group.clear()
        writer.write_table(_table(arrow, schema, group))


def _table(arrow: Any, schema: Any, rows: list[tuple[Any, ...]]) -> Any:
    by_column = zip(*rows, strict=True) if rows else ((),) * len(schema)
    arrays = [arrow.array(list(cells), type=field.type) for cells, field in zip(by_column, schema, strict=True)]
    return arrow.Table.from_arrays(arrays, schema=schema)


def _number(points: Fraction | None) -> float | None:
    return None if points is None else float(points)


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _students(gradebook: Gradebook, missing_as: MissingAs) -> Iterator[tuple[Any, ...]]:
    hand_ins = {hand_in.id: hand_in for hand_in in gradebook.hand_ins}
    for student, mark in zip(gradebook.students, gradebook.marks, strict=True):
        hand_in = hand_ins[mark.hand_in] if mark.hand_in is not None else None
        yield (*_about(student, hand_in), *_grade(mark, missing_as))


def _about(student: Student, hand_in: HandIn | None) -> tuple[str | None, ...]:
    when = hand_in.submitted_at.isoformat() if hand_in is not None and hand_in.submitted_at is not None else None
    texts = (student.id, student.name, student.email, student.section)
    return (*map(_encodable, texts), _encodable(hand_in.id) if hand_in is not None else None, when)


def _grade(mark: Mark, missing_as: MissingAs) -> tuple[Any, ...]:
    late = mark.late
    changes = sum((each.points for each in mark.adjustments), start=Fraction(0))
    return (
        mark.status,
        _number(mark.score),
        _number(changes if mark.status == "graded" else None),
        late.late_s if late is not None else None,
        late.days if late is not None else None,
        _number(late.penalty) if late is not None else None,
        _number(counts(mark, missing_as)),
        _number(mark.undecided if mark.status == "graded" else None),
        float(mark.max_score),
        _encodable(mark.reason),
    )


def _checks(reports: Iterable[tuple[str, SubmissionReport]]) -> Iterator[tuple[Any, ...]]:
    for hand_in, report in reports:
        for problem in report.problems:
            for check in problem.checks:
                yield (
                    _encodable(hand_in),
                    problem.id,
                    check.id,
                    check.kind,
                    check.verdict.value,
                    check.outcome.value,
                    float(check.score),
                    float(check.max_score),
                    check.cases_tried,
                    check.cases_failed,
                    check.resolution,
                    check.diagnoses[0].id if check.diagnoses else None,
                    _encodable(check.message),
                )
