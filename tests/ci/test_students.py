"""What students read of a run: points of all checks, words and values of the visible ones alone."""

import json

import pytest

from grader.cli import main
from grader.cli.for_students import FORMATS, text_for_students
from grader.grading.engine import GradeRequest
from grader.grading.named import read_named, read_rubric
from grader.grading.part import visible_part
from grader.grading.students import grade_for_students
from grader.reporting.json_report import to_json
from tests.ci.small import RIGHT, small, with_hidden

# Each way in which an answer could carry an input of 17 entries out: printed, raised, returned, warned, or in a reason.
LEAKS = {
    "prints": "    if x.size == 17:\n        print('LEAK', x.tolist())\n    return 2 * x\n",
    "raises": "    if x.size == 17:\n        raise ValueError(f'LEAK {x.tolist()}')\n    return 2 * x\n",
    "returns": "    return np.full(17, 1717.5) if x.size == 17 else 2 * x\n",
    "shape": "    return np.zeros(1717) if x.size == 17 else 2 * x\n",
    "remembers": "    global seen\n    seen = globals().get('seen', '') + (f'LEAK {x}' if x.size == 17 else '')\n"
    "    if seen: raise ValueError(seen)\n    return 2 * x\n",
}


def written(tmp_path, rubric, source, form, capsys, monkeypatch):
    answer = tmp_path / "answer.py"
    answer.write_text(source)
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        (tmp_path / name).write_text("")
        monkeypatch.setenv(name, str(tmp_path / name))
    capsys.readouterr()
    status = main(["grade", str(answer), "--rubric", str(rubric), "--format", form, "--isolation", "none"])
    extra = [(tmp_path / name).read_text() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")]
    return status, "".join([capsys.readouterr().out, *extra])


@pytest.mark.parametrize("leak", sorted(LEAKS))
def test_no_format_for_students_tells_what_a_hidden_check_was_called_with(tmp_path, leak):
    answer = tmp_path / "answer.py"
    answer.write_text(RIGHT.replace("    return 2 * x\n", LEAKS[leak]))
    named = read_named(str(with_hidden(tmp_path / "rubric")), [str(answer)], as_one=True)
    request = GradeRequest(rubric=named.rubric, submissions=named.submissions, seed=1, isolation="none")
    run = grade_for_students(request)
    # The course is told: otherwise the attempt would have told nobody anything, and the test would show nothing.
    assert any(secret in to_json(run.full) for secret in ("LEAK", "1717.5", "(1717,)"))
    for form in FORMATS:
        text = text_for_students(run, request, form)
        if form == "gradescope":
            # Of a test that the platform itself hides, the course sees everything.
            data = json.loads(text)
            text = json.dumps({**data, "tests": [t for t in data["tests"] if t["visibility"] == "visible"]})
        for secret in ("LEAK", "1717", "secret sizes", "large", "17 entries", "(17,)", "ValueError"):
            assert secret not in text, (form, secret)


def test_points_are_those_of_all_checks_and_a_hidden_one_has_no_words(tmp_path, capsys, monkeypatch):
    rubric = with_hidden(tmp_path / "rubric")
    source = RIGHT.replace("    return 2 * x\n", LEAKS["raises"])
    status, text = written(tmp_path, rubric, source, "prairielearn", capsys, monkeypatch)
    assert status == 1
    data = json.loads(text)
    tests = {test["name"]: test for test in data["tests"]}
    hidden = tests["gradient · hidden check 1"]
    assert (hidden["points"], hidden["max_points"]) == (0, 4)
    assert hidden["message"] == hidden["output"] == "what this check found is not shown"
    assert hidden["description"] == ""
    # The purity check stands after the hidden one, and counts only together with it.
    assert tests["gradient · purity"]["points"] == 0
    assert tests["gradient · purity"]["message"].startswith("fine, but it counts only together with")
    assert data["score"] == pytest.approx((8 + 3 + 8) / 24)


@pytest.mark.parametrize(
    ("visibility", "platform"),
    [("hidden", "hidden"), ("after_due", "after_due_date"), ("after_published", "after_published")],
)
def test_gradescope_is_told_who_may_see_each_test(tmp_path, capsys, monkeypatch, visibility, platform):
    rubric = with_hidden(tmp_path / "rubric", visibility)
    source = RIGHT.replace("    return 2 * x\n", LEAKS["raises"])
    _, text = written(tmp_path, rubric, source, "gradescope", capsys, monkeypatch)
    data = json.loads(text)
    assert {t["name"]: t["visibility"] for t in data["tests"]} == {
        "gradient · reference": "visible",
        "gradient · finite_difference": "visible",
        "gradient · large": platform,
        "gradient · purity": "visible",
        "column_sums · reference": "visible",
    }
    assert data["score"] == 19
    # A visible test that lost its point to a hidden one would tell of it.
    assert next(t for t in data["tests"] if t["name"] == "gradient · purity")["score"] == 1
    assert data["stdout_visibility"] == "hidden"
    assert "1 check is shown" in data["output"]
    assert "neither is the total" in data["output"]


def test_the_visible_part_keeps_reference_checks_and_points_that_add_up(tmp_path):
    assignment = read_rubric(str(with_hidden(tmp_path / "rubric"))).assignment
    part = visible_part(assignment)
    assert [c.name for c in part.problem[0].check] == ["reference", "finite_difference", "purity"]
    assert (part.points, part.problem[0].points) == (20, 12)
    assert visible_part(part) == part


def test_where_nothing_is_visible_the_points_are_still_told(tmp_path, capsys, monkeypatch):
    rubric = small(tmp_path / "rubric")
    rubric.write_text(rubric.read_text().replace("[[problem.check]]", '[[problem.check]]\nvisibility = "after_due"'))
    status, text = written(tmp_path, rubric, RIGHT, "prairielearn", capsys, monkeypatch)
    data = json.loads(text)
    assert (status, data["score"]) == (0, 1)
    assert {test["output"] for test in data["tests"]} == {"what this check found is shown after the due date"}


def test_a_file_that_cannot_run_is_not_gradable_though_some_checks_are_hidden(tmp_path, capsys, monkeypatch):
    _, text = written(
        tmp_path, with_hidden(tmp_path / "rubric"), "def gradient(x:\n", "prairielearn", capsys, monkeypatch
    )
    data = json.loads(text)
    assert data["gradable"] is False
    assert "SyntaxError" in data["format_errors"][0]


def test_without_hidden_checks_students_read_what_the_course_reads(tmp_path, capsys, monkeypatch):
    rubric = small(tmp_path / "rubric")
    _, text = written(tmp_path, rubric, RIGHT.replace("2 * x", "3 * x"), "markdown", capsys, monkeypatch)
    assert "your answer is 1.5 times the right one" in text
    # The command names the seed and a rubric that students do not have.
    assert "--seed" not in text
