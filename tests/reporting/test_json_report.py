"""The JSON report: round trip, same bytes, and the schema, which GRADER_UPDATE_GOLDENS=1 publishes anew."""

import json
import os
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ValidationError

from grader.model.isolation import IsolationReport, Level
from grader.model.report import (
    AssignmentReport,
    CheckReport,
    DiagnosisReport,
    FailureReport,
    Finding,
    PrintedReport,
    ProblemReport,
    Report,
    SubmissionReport,
    Verdict,
)
from grader.reporting.json_report import from_json, schema, to_json, without_timings
from grader.reporting.report_schema import DESCRIPTIONS
from tests.reporting import sample_reports as sample

DOCS = Path(__file__).parents[2] / "docs"
SAMPLES = [
    sample.class_report(),
    sample.report(sample.every_finding(), isolation=sample.LEVEL_N),
    sample.report(),
]

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
# What a rubric can state: whole numbers and finite decimals.
POINTS = st.one_of(st.integers(0, 1000), st.decimals(0, 1000, places=3)).map(lambda number: Fraction(str(number)))


def models(model: type[BaseModel], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values of a model: text in every field that is not given."""
    text = {name: TEXT for name, field in model.model_fields.items() if field.annotation is str}
    return st.builds(model, **(text | fields))


def tuples(items: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=2).map(tuple)


CHECKS = models(
    CheckReport,
    verdict=st.sampled_from(Verdict),
    outcome=st.sampled_from(Finding),
    score=POINTS,
    max_score=POINTS,
    cases_tried=st.integers(0, 99),
    cases_failed=st.integers(0, 99),
    resolution=st.none() | FLOATS,
    diagnoses=tuples(models(DiagnosisReport)),
    failure=st.none() | models(FailureReport),
)
PROBLEMS = models(ProblemReport, score=POINTS, max_score=POINTS, undecided=POINTS, checks=tuples(CHECKS))
SUBMISSION_PARTS: dict[str, Any] = {
    "max_score": POINTS,
    "undecided": POINTS,
    "notes": tuples(TEXT),
    "printed": st.none() | models(PrintedReport, truncated=st.booleans()),
    "problems": tuples(PROBLEMS),
}
SUBMISSIONS = models(SubmissionReport, status=st.just("graded"), score=POINTS, **SUBMISSION_PARTS) | models(
    SubmissionReport, status=st.just("not_graded"), score=st.none(), **SUBMISSION_PARTS
)
REPORTS = models(
    Report,
    assignment=models(AssignmentReport, max_score=POINTS),
    seed=st.integers(-(2**70), 2**70),
    isolation=models(
        IsolationReport,
        level=st.sampled_from(get_args(Level)),
        layers=tuples(TEXT),
        landlock_abi=st.integers(0, 9),
        uid=st.none() | st.integers(0, 2**32),
    ),
    plan=tuples(TEXT),
    submissions=tuples(SUBMISSIONS),
    timings=st.dictionaries(TEXT, FLOATS | st.lists(FLOATS, max_size=2), max_size=2),
)
slow_to_draw = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)


@slow_to_draw
@given(report=REPORTS)
def test_a_report_reads_back_as_itself(report: Report) -> None:
    text = to_json(report)
    assert from_json(text) == report
    assert from_json(text.encode("utf-8")) == report


@slow_to_draw
@given(report=REPORTS)
def test_every_report_is_valid_by_the_published_schema(report: Report) -> None:
    Draft202012Validator(schema()).validate(json.loads(to_json(report)))


@pytest.mark.parametrize("report", SAMPLES)
def test_real_reports_are_valid_and_read_back(report: Report) -> None:
    Draft202012Validator(schema()).validate(json.loads(to_json(report)))
    assert from_json(to_json(report)) == report


def test_text_is_indented_ordered_as_the_model_and_ends_in_a_line_end() -> None:
    text = to_json(SAMPLES[0])
    assert text.startswith('{\n  "schema": "grader-report/1",\n  "grader_version": "0.1.0",\n')
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")
    assert list(json.loads(text)) == [field.alias or name for name, field in Report.model_fields.items()]
    assert "GMM gradients" in text
    assert "·" in text


def test_promised_keys_are_there() -> None:
    data = json.loads(to_json(SAMPLES[0]))
    assert {"schema", "assignment", "seed", "isolation", "submissions", "timings"} <= set(data)
    assert {"id", "title", "sha256"} <= set(data["assignment"])
    assert "level" in data["isolation"]
    submission = data["submissions"][1]
    assert {"path", "student", "status", "score", "max_score", "problems"} <= set(submission)
    problem = submission["problems"][1]
    assert {"id", "score", "max_score", "checks"} <= set(problem)
    check = problem["checks"][0]
    keys = {"id", "kind", "verdict", "outcome", "score", "max_score", "message", "diagnoses"}
    assert keys <= set(check)
    assert set(check["diagnoses"][0]) == {"id", "says", "hint"}
    assert (check["verdict"], check["outcome"]) == ("disagrees", "wrong_values")


def test_points_are_whole_numbers_or_shortest_decimals() -> None:
    check = sample.check("p", "reference", score=Fraction("0.3"))
    text = to_json(sample.report(sample.submission("a", sample.problem("p", check))))
    assert '"score": 0.3,' in text
    assert '"max_score": 10,' in text


def test_points_that_no_decimal_names_are_stable_after_one_writing() -> None:
    check = sample.check("p", "reference", score=Fraction(20, 3))
    text = to_json(sample.report(sample.submission("a", sample.problem("p", check))))
    assert '"score": 6.666666666666667,' in text
    assert to_json(from_json(text)) == text


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_nan_and_infinity_are_refused_both_ways(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json(SAMPLES[2].model_copy(update={"timings": {"total_s": number}}))
    text = to_json(without_timings(SAMPLES[2])).replace('"timings": {}', f'"timings": {{"t": {json.dumps(number)}}}')
    with pytest.raises(ValueError, match="not JSON compliant"):
        from_json(text)


def test_name_of_undecodable_bytes_is_written_as_an_escape() -> None:
    report = sample.report(sample.full_marks().model_copy(update={"path": "submissions/a\udcff.py"}))
    text = to_json(report)
    text.encode("utf-8")
    assert from_json(text).submissions[0].path == "submissions/a\\udcff.py"


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "[]",
        '{"schema": "grader-report/1"}',
        to_json(SAMPLES[2]).replace("grader-report/1", "grader-report/2"),
        to_json(SAMPLES[2]).replace('"seed": 280', '"seed": "280"'),
        to_json(SAMPLES[2]).replace('"seed"', '"sede"'),
    ],
)
def test_what_is_not_a_report_is_refused(broken: str) -> None:
    with pytest.raises(ValidationError):
        from_json(broken)


def test_without_timings_leaves_all_else_alone() -> None:
    report = SAMPLES[0]
    slower = report.model_copy(update={"timings": {"total_s": 99.0}})
    assert report != slower
    assert to_json(without_timings(report)) == to_json(without_timings(slower))
    assert without_timings(report) == report.model_copy(update={"timings": {}})
    assert report.timings == {"total_s": 0.2134}


# The schema ----------------------------------------------------------------------------------------------------------


def test_published_schema_is_current() -> None:
    path = DOCS / "report.schema.json"
    if os.environ.get("GRADER_UPDATE_GOLDENS") == "1":
        path.write_text(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    assert json.loads(path.read_text(encoding="utf-8")) == json.loads(json.dumps(schema()))


def test_schema_is_one_of_its_dialect_and_has_no_id() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "$id" not in schema()


def test_every_key_is_described_and_nothing_else_is() -> None:
    whole = schema()
    objects = {"Report": whole} | {name: each for name, each in whole["$defs"].items() if "properties" in each}
    keys = {f"{name}.{key}" for name, each in objects.items() for key in each["properties"]}
    assert keys | {"Report", *whole["$defs"]} == set(DESCRIPTIONS)
    assert all(each["description"] for each in (whole, *whole["$defs"].values()))
    for each in objects.values():
        assert each["required"] == list(each["properties"])
        for value in each["properties"].values():
            assert value["title"]
            assert value["description"]


def edited(**changes: object) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(to_json(SAMPLES[0]))
    data["submissions"][1] |= changes
    return data


@pytest.mark.parametrize("changes", [{"score": None}, {"status": "not_graded"}, {"status": "lost"}, {"score": "61"}])
def test_schema_refuses_a_submission_that_the_model_refuses(changes: dict[str, object]) -> None:
    assert not Draft202012Validator(schema()).is_valid(edited(**changes))
    with pytest.raises(ValidationError):
        from_json(json.dumps(edited(**changes)))


def test_schema_refuses_a_missing_key_and_allows_a_new_one() -> None:
    validator = Draft202012Validator(schema())
    assert validator.is_valid(edited(late_days=2))
    data = edited()
    del data["submissions"][0]["student"]
    assert not validator.is_valid(data)


# The reference for people --------------------------------------------------------------------------------------------


def test_reference_names_every_key_every_verdict_and_every_outcome() -> None:
    text = (DOCS / "report.md").read_text(encoding="utf-8")
    names = {key.partition(".")[2] for key in DESCRIPTIONS if "." in key} | {
        each.value for each in (*Verdict, *Finding)
    }
    assert {name for name in names if f"`{name}`" not in text} == set()
