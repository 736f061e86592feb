"""Plain CSV and Parquet: read back by another program, row for row."""

import sys
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from grader.reporting.export.parquet import ParquetMissingError, write_parquet
from grader.reporting.export.plain_csv import plain_csv
from tests.reporting import sample_class as sample

BOOK = sample.gradebook()


def test_plain_csv_has_a_row_a_submission_and_then_who_is_missing() -> None:
    table = arrow_csv.read_csv(pa.BufferReader(plain_csv(BOOK, "blank").text.encode()))
    assert table["hand_in"].to_pylist() == ["h1", "h2", "h3", "h4", ""]
    assert table["students"].to_pylist() == ["ada", "bob cat", "dan", "fay", "eve"]
    assert table["counts"].to_pylist() == [100, 55, None, None, None]
    assert table["grad_pi"].to_pylist() == [20, 10, 20, None, None]
    assert table.column_names[-5:] == [head.id for head in sample.HEADS]


def test_plain_csv_gives_zero_for_missing_only_if_asked() -> None:
    table = arrow_csv.read_csv(pa.BufferReader(plain_csv(BOOK, "zero").text.encode()))
    assert table["counts"].to_pylist() == [100, 55, None, None, 0]


def test_parquet_has_a_row_a_student_and_a_row_a_check(tmp_path: Path) -> None:
    write_parquet(tmp_path, BOOK, sample.REPORTS.items(), "blank")
    students = parquet.read_table(tmp_path / "students.parquet")
    assert students["student"].to_pylist() == [student.id for student in sample.STUDENTS]
    assert students["counts"].to_pylist() == [100, 55, 55, None, None, None]
    assert students["late_days"].to_pylist() == [0, 1, 1, None, None, 0]
    assert students["name"].to_pylist() == [student.name for student in sample.STUDENTS]
    checks = parquet.read_table(tmp_path / "checks.parquet")
    every = [c for report in sample.REPORTS.values() for p in report.problems for c in p.checks]
    assert checks["check"].to_pylist() == [check.id for check in every]
    assert checks["verdict"].to_pylist() == [check.verdict.value for check in every]
    assert checks["score"].to_pylist() == [float(check.score) for check in every]


def test_parquet_of_the_same_class_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_parquet(tmp_path / name, BOOK, sample.REPORTS.items(), "blank")
    for file in ("students.parquet", "checks.parquet"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_parquet_of_an_empty_class_can_be_read(tmp_path: Path) -> None:
    empty = BOOK.model_copy(update={"students": (), "hand_ins": (), "marks": ()})
    write_parquet(tmp_path, empty, (), "blank")
    assert parquet.read_table(tmp_path / "students.parquet").num_rows == 0


def test_parquet_without_its_package_is_said_to_be_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ParquetMissingError):
        write_parquet(tmp_path, BOOK, (), "blank")
