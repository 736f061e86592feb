"""Gradescope, PrairieLearn and JUnit: one submission, by the rules of the format, read back by another program."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from junitparser import Error, Failure, JUnitXml, Skipped
from junitparser import TestCase as Case

from grader.model.report import Finding, PrintedReport, SubmissionReport, Verdict
from grader.reporting.export.gradescope import gradescope
from grader.reporting.export.junit import junit
from grader.reporting.export.no_grade import NoGradeError
from grader.reporting.export.prairielearn import MAX_BYTES, prairielearn
from tests.reporting import sample_class, sample_reports

HERE = Path(__file__).parent
HEAD = sample_reports.report()
HOSTILE = "\x1b[31m ]]> </failure> & \" ' \ud800 \ufffe \x00 <script>"
GRADED = {
    "full": sample_reports.full_marks(),
    "transcribed": sample_reports.transcribed(),
    "undecided": sample_class.undecided(),
    "every": sample_reports.every_finding(),
    "unreadable": sample_reports.unreadable(),
}
NOT_GRADED = sample_reports.not_graded("unlucky", "the sandbox died")


def hostile() -> SubmissionReport:
    failure = sample_reports.failure(got=HOSTILE, inputs=HOSTILE)
    check = sample_reports.wrong("p", "reference", Finding.RAISED, HOSTILE, failure=failure)
    problem = sample_reports.problem("p", check, check, sample_reports.check("p", "purity"))
    return sample_reports.submission(HOSTILE, problem, notes=(HOSTILE,))


def valid(name: str, data: dict[str, Any]) -> bool:
    schema = json.loads((HERE / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    json.dumps(data, allow_nan=False)
    return Draft202012Validator(schema).is_valid(data)


@pytest.mark.parametrize("name", sorted(GRADED))
@pytest.mark.parametrize("write", [gradescope, prairielearn])
def test_results_satisfy_the_documented_fields(name: str, write: Callable[..., dict[str, Any]]) -> None:
    assert valid(write.__name__, write(HEAD, GRADED[name]))


@pytest.mark.parametrize("write", [gradescope, prairielearn])
def test_inputs_stand_in_one_block_with_their_call(write: Callable[..., dict[str, Any]]) -> None:
    failure = sample_reports.failure(inputs="x = 1\ny = [\n    2]", call="f(x, y)")
    check = sample_reports.wrong("p", "reference", Finding.WRONG_VALUES, "wrong", failure=failure)
    (test,) = write(HEAD, sample_reports.submission("ada", sample_reports.problem("p", check)))["tests"]
    assert "\n    x = 1\n    y = [\n        2]\n    f(x, y)\n" in test["output"]


@pytest.mark.parametrize("write", [gradescope, prairielearn])
def test_control_characters_are_shown_and_not_sent(write: Callable[..., dict[str, Any]]) -> None:
    data = write(HEAD, hostile())
    assert valid(write.__name__, data)
    shown = json.dumps(data, ensure_ascii=False)
    assert "\\\\x1b" in shown
    assert "\\u001b" not in shown
    shown.encode("utf-8")


def test_schemas_refuse_what_the_systems_refuse() -> None:
    assert not valid("gradescope", {"tests": []})
    assert not valid("gradescope", {"score": 1, "visibility": "secret"})
    assert not valid("prairielearn", {"score": 2})
    assert not valid("prairielearn", {"gradable": True})


def test_gradescope_score_is_what_counts_and_tests_are_as_graded() -> None:
    data = gradescope(HEAD, GRADED["transcribed"], score=Fraction("55.5"), says=("late: −10",))
    assert data["score"] == 55.5
    assert data["output"].startswith("late: −10")
    assert sum(test["score"] for test in data["tests"]) == 61
    assert sum(test["max_score"] for test in data["tests"]) == 100
    assert "visibility" not in json.dumps(data)
    assert [test["number"] for test in data["tests"]][:3] == ["1.1", "1.2", "2.1"]


def test_gradescope_passes_only_a_check_with_all_its_points() -> None:
    for report in GRADED.values():
        checks = [check for problem in report.problems for check in problem.checks]
        for check, test in zip(checks, gradescope(HEAD, report)["tests"], strict=True):
            full = check.verdict is Verdict.AGREES and check.score == check.max_score
            assert (test["status"] == "passed") == full


def test_gradescope_has_no_word_for_not_graded() -> None:
    with pytest.raises(NoGradeError, match="sandbox died"):
        gradescope(HEAD, NOT_GRADED)


def test_prairielearn_scores_from_zero_to_one() -> None:
    assert prairielearn(HEAD, GRADED["full"])["score"] == 1
    assert prairielearn(HEAD, GRADED["transcribed"])["score"] == 0.61
    assert prairielearn(HEAD, GRADED["full"], score=Fraction(130))["score"] == 1
    assert prairielearn(HEAD, GRADED["full"], score=Fraction(-1))["score"] == 0


def test_prairielearn_charges_nothing_for_our_fault_or_a_file_that_cannot_run() -> None:
    for report, words in ((NOT_GRADED, "no fault of yours"), (GRADED["unreadable"], "")):
        data = prairielearn(HEAD, report)
        assert data["gradable"] is False
        assert "score" not in data
        assert data["format_errors"]
        assert words in data["format_errors"][0]
        assert valid("prairielearn", data)


def test_prairielearn_results_stay_below_a_megabyte_and_keep_all_points() -> None:
    huge = sample_reports.failure(got="é" * 400_000)
    checks = [
        sample_reports.wrong("p", f"c{i}", Finding.WRONG_VALUES, "wrong", failure=huge, points=1) for i in range(3)
    ]
    printed = PrintedReport(text="x" * 900_000, truncated=False)
    report = sample_reports.submission("a", sample_reports.problem("p", *checks), printed=printed)
    data = prairielearn(HEAD, report)
    assert len(json.dumps(data, ensure_ascii=False).encode()) <= MAX_BYTES
    assert [(test["points"], test["max_points"]) for test in data["tests"]] == [(0, 1)] * 3
    assert any("left out" in test["output"] for test in data["tests"])


# JUnit ------------------------------------------------------------------------------------------------------------


def cases(*submissions: tuple[str, SubmissionReport]) -> list[Case]:
    text = "".join(junit(HEAD, submissions))
    return [case for suite in JUnitXml.fromstring(text.encode()) for case in suite]


def test_junit_has_a_case_a_check_with_its_verdict() -> None:
    kinds = {Verdict.AGREES: None, Verdict.DISAGREES: Failure, Verdict.INCONCLUSIVE: Skipped, Verdict.NOT_GRADED: Error}
    for name, report in GRADED.items():
        found = cases((name, report))
        checks = [check for problem in report.problems for check in problem.checks]
        assert len(found) == len(checks)
        for case, check in zip(found, checks, strict=True):
            kind = kinds[check.verdict]
            assert [type(each) for each in case.result] == ([] if kind is None else [kind])
            if kind is not None:
                assert check.message.split()[0] in case.result[0].text
                assert case.result[0].message


def test_junit_names_are_unique_in_a_class_and_part_at_dots() -> None:
    found = cases(("a.b", hostile()), ("c", hostile()), ("d", NOT_GRADED))
    names = [(case.classname, case.name) for case in found]
    assert len(set(names)) == len(names)
    assert found[0].classname == "cs280_hw1.a_b.p"


def test_junit_says_of_a_submission_that_was_not_graded_that_it_is_an_error() -> None:
    empty = NOT_GRADED.model_copy(update={"problems": ()})
    (case,) = cases(("x", empty))
    assert [type(each) for each in case.result] == [Error]
    assert case.result[0].text == "the sandbox died"


def test_junit_counts_are_those_of_its_cases() -> None:
    text = "".join(junit(HEAD, [("every", GRADED["every"])]))
    (suite,) = JUnitXml.fromstring(text.encode())
    stated = (suite.tests, suite.failures, suite.errors, suite.skipped)
    suite.update_statistics()
    assert stated == (suite.tests, suite.failures, suite.errors, suite.skipped)


def test_junit_holds_no_character_that_xml_forbids() -> None:
    text = "".join(junit(HEAD, [("x", hostile())]))
    text.encode("utf-8")
    assert not {c for c in text if ord(c) < 32 and c not in "\n\t"} | ({"\ufffe"} & set(text))
    assert "\\x1b" in next(iter(cases(("x", hostile())))).result[0].text
