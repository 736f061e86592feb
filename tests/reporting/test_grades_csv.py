"""``grades.csv`` says what a grade was made from, and leaves blank what nobody has decided."""

import csv
import io

import pyarrow as pa
from pyarrow import csv as arrow_csv

from grader.reporting.csv_cells import text_of_cell
from grader.reporting.grades_csv import HEADERS, grades_csv
from tests.reporting import sample_class as sample
from tests.reporting import sample_reports


def rows(**changes: object) -> dict[str, dict[str, str]]:
    text = "".join(grades_csv(sample.gradebook(**changes)))
    assert text.startswith("\ufeff")
    return {row["student"]: row for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))}


def test_a_row_says_the_whole_sum() -> None:
    row = rows()["bob"]
    assert {key: row[key] for key in HEADERS[5:14]} == {
        "submitted_at": "2026-10-02T00:59:00+00:00",
        "status": "graded",
        "graded": "61",
        "adjusted": "4",
        "late_days": "1",
        "late_penalty": "10",
        "counts": "55",
        "max_score": "100",
        "undecided": "0",
    }
    assert row["grad_pi"] == "10"


def test_undecided_ungraded_and_missing_are_blank_with_a_note() -> None:
    found = rows()
    assert [found[who]["counts"] for who in ("dan", "eve", "fay")] == ["", "", ""]
    assert found["dan"]["note"] == "20 points undecided in grad_mu"
    assert found["dan"]["grad_mu"] == ""
    assert found["dan"]["grad_pi"] == "20"
    assert found["eve"]["note"] == "nothing was handed in"
    assert found["fay"]["note"].startswith("not graded: the sandbox died")


def test_what_could_not_be_run_has_its_points_and_a_note() -> None:
    row = rows(reports=sample.REPORTS | {"h1": sample_reports.unreadable()})["ada"]
    assert (row["counts"], row["note"]) == ("0", "could not be run")


def test_names_come_back_and_do_not_compute() -> None:
    found = rows()
    assert found["dan"]["name"].startswith("'=")
    assert [text_of_cell(found[s.id]["name"]) for s in sample.STUDENTS] == [s.name for s in sample.STUDENTS]


def test_another_reader_sees_numbers() -> None:
    data = "".join(grades_csv(sample.gradebook())).encode()
    table = arrow_csv.read_csv(pa.BufferReader(data))
    assert table["counts"].to_pylist() == [100, 55, 55, None, None, None]
    assert table["student"].to_pylist() == [student.id for student in sample.STUDENTS]


def test_problem_named_as_another_column_keeps_apart() -> None:
    heads = (sample.HEADS[0].model_copy(update={"id": "status"}), *sample.HEADS[1:])
    book = sample.gradebook().model_copy(update={"problems": heads})
    header = next(csv.reader(io.StringIO("".join(grades_csv(book)).removeprefix("\ufeff"))))
    assert len(set(header)) == len(header)
    assert "problem status" in header
