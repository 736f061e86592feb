"""``grader export``: what it writes, what it says, and every way in which it can be asked wrongly."""

import argparse
import csv
import io
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from junitparser import JUnitXml
from pyarrow import parquet

from grader.batch.collect.key_file import KeyRow, written_key
from grader.cli.arguments import export as words
from grader.cli.exit_code import ExitCode
from grader.cli.export import export_command
from grader.cli.results import write_results
from tests.reporting import sample_class as sample

CANVAS = "Student,ID,SIS Login ID,Section,HW1 (7)\r\n    Points Possible,,,,100\r\nAda,101,,A,\r\n"
WORKSHEET = "Identifier,Grade,Maximum Grade\nParticipant 7,,100.00\nParticipant 8,,100.00\n"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    book = sample.gradebook()
    write_results(folder, book, sample.counted(book), sample.Shown())
    return folder


def run(*argv: object) -> ExitCode:
    parser = argparse.ArgumentParser()
    words.add(parser.add_subparsers(dest="command").add_parser("export"))
    return export_command(parser.parse_args(["export", *map(str, argv)]))


def refused(capsys: pytest.CaptureFixture[str], *argv: object) -> str:
    assert run(*argv) is ExitCode.USAGE
    return capsys.readouterr().err


@pytest.mark.parametrize("to", sorted(set(words.FORMATS) - {"moodle-worksheet"}))
def test_every_format_is_written_and_again_with_the_same_bytes(graded: Path, tmp_path: Path, to: str) -> None:
    written = []
    for name in ("a", "b"):
        output = tmp_path / name
        assert run(graded, "--to", to, "--output", output) is ExitCode.FULL_MARKS
        paths = sorted(output.rglob("*")) if output.is_dir() else [output]
        written.append({path.relative_to(output).as_posix(): path.read_bytes() for path in paths if path.is_file()})
    assert written[0] == written[1]
    assert written[0]


def test_files_go_beside_the_grades_where_no_output_is_named(tmp_path: Path, graded: Path) -> None:
    folder = tmp_path / "class"
    shutil.copytree(graded, folder)
    for to, name in (("canvas", "canvas.csv"), ("junit", "junit.xml"), ("parquet", "parquet/checks.parquet")):
        assert run(folder, "--to", to) is ExitCode.FULL_MARKS
        assert (folder / "export" / name).exists()


def test_what_stays_blank_is_said(graded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(graded, "--to", "csv", "--output", tmp_path / "x.csv")
    said = capsys.readouterr().err
    assert "3 left blank, for a person to fill in" in said
    assert "20 points undecided in grad_mu" in said


def test_canvas_and_worksheet_are_filled_in_and_the_teachers_file_stays(graded: Path, tmp_path: Path) -> None:
    for to, text, title in (("canvas", CANVAS, ["--title", "HW1"]), ("moodle-worksheet", WORKSHEET, [])):
        into, output = tmp_path / f"{to}.in.csv", tmp_path / f"{to}.out.csv"
        into.write_bytes(text.encode())
        assert run(graded, "--to", to, "--into", into, "--output", output, *title) is ExitCode.FULL_MARKS
        assert into.read_bytes() == text.encode()
        rows = list(csv.reader(io.StringIO(output.read_text(encoding="utf-8"))))
        assert "100" in rows[2 if to == "canvas" else 1]


def test_a_results_json_is_written_for_each_decided_submission_only(graded: Path, tmp_path: Path) -> None:
    for to in ("gradescope", "prairielearn"):
        output = tmp_path / to
        stale = output / "h3" / "results.json"
        stale.parent.mkdir(parents=True)
        stale.write_text("{}", encoding="utf-8")
        assert run(graded, "--to", to, "--output", output) is ExitCode.FULL_MARKS
        assert {path.parent.name for path in output.rglob("results.json")} == {"h1", "h2"}
        data = json.loads((output / "h2" / "results.json").read_bytes())
        assert data["score"] == {"gradescope": 55, "prairielearn": 0.55}[to]
        assert "adjusted: +4" in data.get("output", "") + data.get("message", "")


def test_junit_and_parquet_hold_every_check(graded: Path, tmp_path: Path) -> None:
    run(graded, "--to", "junit", "--output", tmp_path / "j.xml")
    run(graded, "--to", "parquet", "--output", tmp_path / "p")
    checks = sum(len(problem.checks) for report in sample.REPORTS.values() for problem in report.problems)
    suites = list(JUnitXml.fromstring((tmp_path / "j.xml").read_bytes()))
    assert sum(suite.tests for suite in suites) == checks + 1
    assert parquet.read_table(tmp_path / "p" / "checks.parquet").num_rows == checks
    assert {path.name for path in (tmp_path / "p").iterdir()} == {"checks.parquet", "students.parquet"}


def test_the_key_of_an_anonymous_class_leads_back_to_its_students(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = sample.gradebook()
    hidden = replace(book.students[0], id="bcdfghjkmn", name="", email="", keys={})
    marks = (replace(book.marks[0], student=hidden.id), *book.marks[1:])
    hand_ins = (replace(book.hand_ins[0], students=(hidden.id,)), *book.hand_ins[1:])
    folder = tmp_path / "class"
    folder.mkdir()
    update = {"students": (hidden, *book.students[1:]), "marks": marks, "hand_ins": hand_ins}
    write_results(folder, book.model_copy(update=update), sample.counted(book), sample.Shown())
    into, key, output = tmp_path / "in.csv", tmp_path / "key.csv", tmp_path / "out.csv"
    into.write_text(CANVAS, encoding="utf-8")
    row = KeyRow(kind="student", pseudonym=hidden.id, id="ada", keys="canvas_id=101; login=x")
    key.write_bytes(written_key([row]))
    asked = (folder, "--to", "canvas", "--into", into, "--output", output, "--title", "HW1")
    said = refused(capsys, *asked)
    assert "E014" in said
    assert "--key" in said
    assert run(*asked, "--key", key) is ExitCode.FULL_MARKS
    assert list(csv.reader(io.StringIO(output.read_text(encoding="utf-8"))))[2][4] == "100"
    assert "E013" in refused(capsys, *asked, "--key", tmp_path / "no.csv")
    key.write_bytes(written_key([KeyRow(kind="student", pseudonym="zzzzzzzzzz", id="zoe")]))
    assert "nobody of the class" in refused(capsys, *asked, "--key", key)
    assert "B019" in refused(capsys, *asked, "--key", into)


# Asked wrongly ----------------------------------------------------------------------------------------------------


def test_a_folder_without_grades_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "E001" in refused(capsys, tmp_path, "--to", "csv")


def test_damaged_grades_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "gradebook.json").write_text('{"schema": "x"}', encoding="utf-8")
    assert "E002" in refused(capsys, tmp_path, "--to", "csv")


def test_damaged_feedback_is_refused(graded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "class"
    shutil.copytree(graded, folder)
    (folder / "feedback" / "h2.json").write_text("{", encoding="utf-8")
    assert "E012" in refused(capsys, folder, "--to", "junit")
    assert not (folder / "export" / "junit.xml").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--to", "moodle-worksheet"], "E010"),
        (["--to", "csv", "--into", "x.csv"], "E010"),
        (["--to", "canvas", "--into", "no/such.csv"], "E003"),
        (["--to", "canvas", "--into", "{same}", "--output", "{same}"], "E009"),
        (["--to", "canvas", "--into", "{other}"], "E005"),
        (["--to", "csv", "--output", "{other}/x/y.csv"], "G002"),
        (["--to", "gradescope", "--output", "{other}/x"], "G002"),
    ],
)
def test_wrong_arguments_are_told_with_their_code(
    graded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: str
) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    same = tmp_path / "same.csv"
    same.write_text(CANVAS, encoding="utf-8")
    assert code in refused(capsys, graded, *(each.format(same=same, other=other) for each in arguments))


def test_parquet_without_its_package_says_how_to_get_it(
    graded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    said = refused(capsys, graded, "--to", "parquet", "--output", tmp_path / "p")
    assert "E011" in said
    assert "grader[parquet]" in said
    assert not (tmp_path / "p").exists()


def test_an_unwritable_parquet_file_is_told(graded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p" / "students.parquet" / "inside").mkdir(parents=True)
    assert "G002" in refused(capsys, graded, "--to", "parquet", "--output", tmp_path / "p")
