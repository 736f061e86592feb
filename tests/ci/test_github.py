"""GitHub's workflow commands, read back as its runner reads them."""

import base64
import json
import re
from dataclasses import dataclass
from fractions import Fraction

import pytest

from grader.cli import main
from grader.model.report import Finding, PrintedReport
from grader.reporting.export.github import MOST_OF_A_KIND, Place, annotations, command, inert, log, outputs
from grader.reporting.export.markdown import run_markdown
from tests.ci.small import RIGHT, WRONG, small
from tests.reporting import sample_class, sample_reports

HOSTILE = (
    "::error::forged\n::set-output name=score::100\r::stop-commands::x\n  ::add-mask::a\n"
    "##[error]b ##[set-output name=score;]9 %0A::error::c"
)
HEAD = sample_reports.report()
COMMANDS = {"error", "warning", "notice", "set-output", "stop-commands", "add-mask", "debug", "group", "save-state"}


@dataclass(frozen=True)
class Obeyed:
    """A command that the runner obeyed."""

    name: str
    properties: dict[str, str]
    text: str


def obeyed(stdout: str) -> list[Obeyed]:
    """Read lines as ActionCommand.cs and ActionCommandManager.cs of actions/runner do: the newer form first."""
    found, token = [], None
    for line in re.split(r"\r\n|\n|\r", stdout):
        one = _newer(line) or _older(line)
        if token is not None:
            token = None if one is not None and one.name == token else token
        elif one is not None and one.name == "stop-commands":
            token = one.text
        elif one is not None and one.name in COMMANDS:
            found.append(one)
    return found


def _newer(line: str) -> Obeyed | None:
    line = line.strip()
    if not line.startswith("::") or (end := line.find("::", 2)) < 0:
        return None
    name, _, rest = line[2:end].partition(" ")
    pairs = [pair.partition("=") for pair in rest.split(",") if pair]
    properties = {key.strip(): _unescaped(value, property_=True) for key, _, value in pairs}
    return Obeyed(name.lower(), properties, _unescaped(line[end + 2 :]))


def _older(line: str) -> Obeyed | None:
    start, end = line.find("##["), line.find("]")
    if start < 0 or end < start:
        return None
    return Obeyed(line[start + 3 : end].partition(" ")[0].lower(), {}, line[end + 1 :])


def _unescaped(text: str, *, property_: bool = False) -> str:
    pairs = [("%0D", "\r"), ("%0A", "\n"), *([("%3A", ":"), ("%2C", ",")] if property_ else []), ("%25", "%")]
    for escape, character in pairs:
        text = text.replace(escape, character)
    return text


def somewhere(problem, source):
    return Place(file="hw,1:%.py", line=7)


def test_the_reader_of_these_tests_obeys_what_a_student_would_forge():
    assert [one.name for one in obeyed("::error::a\nx ##[set-output name=score;]9\n  ::add-mask::b")] == [
        "error",
        "set-output",
        "add-mask",
    ]


def test_text_of_a_student_stays_text_in_every_part_of_an_annotation():
    (one,) = obeyed(command("error", HOSTILE, file=HOSTILE, title=HOSTILE))
    assert one.name == "error"
    assert set(one.properties) == {"file", "title"}
    assert one.text.splitlines()[0] == "::error::forged"
    assert "%0A::error::c" in one.text


def test_nothing_in_the_log_is_obeyed_even_by_a_runner_that_does_not_know_the_token():
    assert obeyed(log(HOSTILE, "token")) == []
    assert obeyed(inert(HOSTILE)) == []
    assert obeyed(log("x", "token") + command("notice", "after")) == [Obeyed("notice", {}, "after")]


def test_an_annotation_stands_on_the_students_line_and_survives_the_escapes():
    found = obeyed(annotations(sample_reports.transcribed(), somewhere))
    errors = [one for one in found if one.name == "error"]
    assert all(one.properties["file"] == "hw,1:%.py" and one.properties["line"] == "7" for one in errors)
    assert "likely: " in errors[0].text
    assert found[-1].name == "notice"
    assert found[-1].text.startswith("61 / 100 points")


def test_of_more_than_ten_reasons_those_that_cost_most_are_shown_and_the_others_counted():
    problems = [
        sample_reports.problem(
            f"p{i}",
            sample_reports.wrong(
                f"p{i}",
                "reference",
                Finding.WRONG_VALUES,
                f"m{i}",
                points=i + 1,
                failure=sample_reports.failure(inputs=str(i)),
            ),
        )
        for i in range(13)
    ]
    found = obeyed(annotations(sample_reports.submission("a", *problems), somewhere))
    errors = [one.text.split("\n")[0] for one in found if one.name == "error"]
    assert errors == [f"m{i}" for i in range(3, 13)]
    assert len(errors) == MOST_OF_A_KIND
    assert found[-1].text.endswith("; 3 more reasons are in the summary of this job")


def test_undecided_points_are_a_warning_and_no_error():
    found = obeyed(annotations(sample_class.undecided(), somewhere))
    assert "warning" in {one.name for one in found}
    assert "undecided" in found[-1].text


def result_of(text):
    lines = dict(line.split("=", 1) for line in text.splitlines())
    return lines, json.loads(base64.b64decode(lines["result"], validate=True))


def test_the_result_is_what_classroom_adds_up():
    lines, result = result_of(outputs(HEAD, sample_reports.transcribed(), {"grad_pi": Place(file="hw1.py", line=3)}))
    assert set(lines) == {"score", "max-score", "result"}
    assert (lines["score"], lines["max-score"]) == ("61", "100")
    assert set(result) == {"version", "status", "max_score", "tests"}
    assert (result["version"], result["status"], result["max_score"]) == (1, "fail", 100)
    assert sum(Fraction(str(test["score"])) for test in result["tests"]) == 61
    assert {test["status"] for test in result["tests"]} == {"pass", "fail"}
    assert all(len(test["output"]) <= 500 and "\n" not in test["message"] for test in result["tests"])
    assert {(t["filename"], t["line_no"]) for t in result["tests"] if t["name"].startswith("grad_pi ")} == {
        ("hw1.py", 3)
    }


def test_what_was_not_graded_scores_nothing_at_classroom_rather_than_0():
    lines, result = result_of(outputs(HEAD, sample_reports.not_graded("a", "the sandbox died"), {}))
    assert lines["score"] == ""
    assert (result["status"], result["max_score"]) == ("error", 0)
    assert result["tests"]


def test_what_a_student_raises_is_no_command_when_classroom_prints_it():
    check = sample_reports.wrong("p", "reference", Finding.RAISED, HOSTILE, failure=sample_reports.failure(got=HOSTILE))
    _, result = result_of(outputs(HEAD, sample_reports.submission(HOSTILE, sample_reports.problem("p", check)), {}))
    (test,) = result["tests"]
    # As its reporter prints a failing test.
    assert obeyed(f"❌ {test['name']}\n\nError: {test['message']}\n") == []


def test_a_summary_fits_and_says_what_it_leaves_out():
    printed = PrintedReport(text="x\n" * 30, truncated=False)
    huge = sample_reports.failure(got="y" * 50_000)
    check = sample_reports.wrong("p", "reference", Finding.WRONG_VALUES, "wrong", failure=huge)
    one = sample_reports.submission("a", sample_reports.problem("p", check), printed=printed)
    report = HEAD.model_copy(update={"submissions": (one,)})
    whole = run_markdown(report)
    assert "y" * 50_000 in whole
    short = run_markdown(report, most_bytes=10_000)
    assert len(short.encode()) <= 10_000
    assert "left out because it would be too long" in short
    assert "| p | 0 / 10 |" in short


# The command ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def step(tmp_path, monkeypatch):
    workspace = tmp_path / "work space"
    workspace.mkdir()
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        (tmp_path / name).write_text("before=1\n")
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(workspace))
    monkeypatch.chdir(workspace)
    return workspace


def github(*paths, rubric):
    return main(["grade", *map(str, paths), "--rubric", str(rubric), "--format", "github", "--isolation", "none"])


def test_a_step_gets_annotations_by_path_and_line_outputs_and_a_summary(step, tmp_path, capsys):
    (step / "src").mkdir()
    (step / "src" / "hw1.py").write_text(WRONG)
    assert github(".", rubric=small(tmp_path / "r")) == 1
    found = obeyed(capsys.readouterr().out)
    assert [(one.name, one.properties.get("file"), one.properties.get("line")) for one in found] == [
        ("error", "src/hw1.py", "4"),
        ("notice", None, None),
    ]
    output = (tmp_path / "GITHUB_OUTPUT").read_text()
    assert output.startswith("before=1\nscore=8\nmax-score=20\nresult=")
    assert "8 / 20" in (tmp_path / "GITHUB_STEP_SUMMARY").read_text()


def test_an_exception_is_shown_on_the_line_that_raised(step, tmp_path, capsys):
    (step / "hw1.py").write_text(RIGHT.replace("return 2 * x", "y = 2 * x\n    return y.missing"))
    github("hw1.py", rubric=small(tmp_path / "r"))
    (error,) = [one for one in obeyed(capsys.readouterr().out) if one.name == "error"]
    assert error.properties["line"] == "6"
    assert error.properties["title"] == "gradient · reference"


def test_a_file_beside_the_answer_is_named_where_it_raised(step, tmp_path, capsys):
    (step / "hw1.py").write_text(
        RIGHT.replace("2 * x", "slope(x)").replace("as np\n", "as np\nfrom part import slope\n")
    )
    (step / "part.py").write_text("\ndef slope(x):\n    raise KeyError('no')\n")
    github(".", rubric=small(tmp_path / "r"))
    (error,) = [one for one in obeyed(capsys.readouterr().out) if one.name == "error"]
    assert (error.properties["file"], error.properties["line"]) == ("part.py", "3")


def test_a_notebook_is_annotated_as_a_whole(step, tmp_path, capsys):
    cells = [{"cell_type": "code", "source": WRONG, "metadata": {}, "outputs": [], "execution_count": None}]
    (step / "hw1.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    github("hw1.ipynb", rubric=small(tmp_path / "r"))
    error = obeyed(capsys.readouterr().out)[0]
    assert error.properties == {"file": "hw1.ipynb", "title": "gradient · reference"}


def test_a_fault_of_the_rubric_is_not_quoted_where_students_read(step, tmp_path, capsys):
    (step / "hw1.py").write_text(RIGHT)
    rubric = small(tmp_path / "r")
    rubric.write_text(rubric.read_text().replace('reference = "answers:gradient"', 'reference = "answers:secret_name"'))
    assert github("hw1.py", rubric=rubric) == 2
    captured = capsys.readouterr()
    told = captured.out + (tmp_path / "GITHUB_OUTPUT").read_text()
    assert "secret_name" in captured.err
    assert "secret_name" not in told
    (one,) = obeyed(captured.out)
    assert (one.name, one.properties) == ("error", {"title": "not graded"})
    assert result_of((tmp_path / "GITHUB_OUTPUT").read_text().removeprefix("before=1\n"))[1]["status"] == "error"


def test_a_path_that_is_not_there_is_said_to_the_student_and_cannot_forge_a_command(step, tmp_path, capsys):
    assert github("::error::x", rubric=small(tmp_path / "r")) == 2
    captured = capsys.readouterr()
    assert [one.properties for one in obeyed(captured.out)] == [{"title": "not graded"}]
    assert "there is no such file" in captured.out
    assert obeyed(captured.err) == []


def test_formats_of_one_submission_take_one(step, tmp_path, capsys):
    (step / "a.py").write_text(RIGHT)
    assert github("a.py", "a.py", rubric=small(tmp_path / "r")) == 2
    assert "error[G030]: --format github is of one submission" in capsys.readouterr().err


def test_two_files_that_could_both_be_the_answer_are_not_chosen_between(step, tmp_path, capsys):
    for name in ("a.py", "b.py"):
        (step / name).write_text(RIGHT)
    assert github(".", rubric=small(tmp_path / "r")) == 3
    (one,) = obeyed(capsys.readouterr().out)
    assert "could each be the answer" in one.text


def test_outputs_that_cannot_be_written_are_an_error(step, tmp_path, capsys, monkeypatch):
    (step / "a.py").write_text(RIGHT)
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "no" / "where"))
    assert github("a.py", rubric=small(tmp_path / "r")) == 2
    assert "error[G031]" in capsys.readouterr().err
