"""``summary.json``: counts, quantiles and mistakes are what they are by definition, and its schema is published."""

import json
import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from grader.model.gradebook import Adjustment
from grader.reporting.class_summary import DESCRIPTIONS, quantile, summarise, summary_schema
from tests.reporting import sample_class as sample
from tests.reporting import sample_reports

SCHEMA = Path(__file__).parents[2] / "docs" / "summary.schema.json"


def test_counts_are_of_students_and_add_up() -> None:
    counts = summarise(sample.gradebook()).counts
    assert counts.graded + counts.not_graded + counts.missing == counts.students == 6
    assert (counts.hand_ins, counts.undecided, counts.not_graded, counts.missing) == (4, 1, 1, 1)
    assert (counts.late, counts.adjusted) == (2, 2)


def test_points_are_of_decided_grades_only() -> None:
    points = summarise(sample.gradebook()).points
    assert points is not None
    assert (points.students, points.mean, points.median) == (3, 70, 55)
    assert (points.lower_quartile, points.upper_quartile) == (55, Fraction(155, 2))
    assert (points.least, points.most, points.full_marks) == (55, 100, Fraction(1, 3))


def test_class_without_a_decided_grade_has_no_points() -> None:
    summary = summarise(sample.gradebook(reports={}))
    assert summary.points is None
    assert all(problem.mean is None for problem in summary.problems)


def test_problems_and_mistakes_are_counted_by_hand_in() -> None:
    summary = summarise(sample.gradebook())
    problems = {problem.id: problem for problem in summary.problems}
    # Undecided in one hand-in, full marks in the two others; the group of two is one of them.
    assert (problems["grad_mu"].hand_ins, problems["grad_mu"].full_marks) == (2, 1)
    assert (problems["grad_pi"].hand_ins, problems["grad_pi"].mean) == (3, Fraction(46, 3))
    mistakes = {(each.problem, each.id): each.hand_ins for each in summary.mistakes}
    assert mistakes["grad_pi", "missing_one_over_pi"] == 1


def test_what_needs_a_person_is_listed_with_its_kind() -> None:
    late = Adjustment(student="eve", problem="", points=Fraction(3), reason="by paper")
    found = {(need.student, need.kind) for need in summarise(sample.gradebook(adjustments=(late,))).needs_a_person}
    assert found == {
        ("dan", "undecided"),
        ("dan", "late_unknown"),
        ("fay", "not_graded"),
        ("eve", "adjustment_without_grade"),
    }


def test_a_course_system_that_calls_it_late_against_its_own_time_is_listed() -> None:
    hand_in = replace(sample.HAND_INS[0], late=True)
    collection = sample.COLLECTION.model_copy(update={"hand_ins": (hand_in, *sample.HAND_INS[1:])})
    found = {(need.student, need.kind) for need in summarise(sample.gradebook(collection=collection)).needs_a_person}
    assert ("ada", "late_disputed") in found


def test_lateness_is_nobodys_worry_without_a_policy() -> None:
    kinds = {need.kind for need in summarise(sample.gradebook(policy=None)).needs_a_person}
    assert kinds == {"undecided", "not_graded"}


def test_what_could_not_be_run_is_for_a_person_until_one_changes_its_points() -> None:
    reports = sample.REPORTS | {"h1": sample_reports.unreadable()}
    needs = summarise(sample.gradebook(reports=reports)).needs_a_person
    assert ("ada", "nothing_to_run") in {(need.student, need.kind) for need in needs}
    looked = Adjustment(student="ada", problem="", points=Fraction(10), reason="right but for a bracket")
    after = summarise(sample.gradebook(adjustments=(looked,), reports=reports)).needs_a_person
    assert "ada" not in {need.student for need in after}


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=30), st.integers(0, 20))
def test_quantiles_are_those_of_numpy(values: list[int], part: int) -> None:
    ordered = sorted(map(Fraction, values))
    assert np.isclose(
        float(quantile(ordered, Fraction(part, 20))), np.quantile(values, part / 20), rtol=1e-12, atol=1e-12
    )


def test_published_schema_is_current_and_describes_every_object() -> None:
    if os.environ.get("GRADER_UPDATE_GOLDENS") == "1":
        text = json.dumps(summary_schema(), indent=2, ensure_ascii=False) + "\n"
        SCHEMA.write_text(text, encoding="utf-8", newline="\n")
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == summary_schema()
    assert {"ClassSummary", *summary_schema()["$defs"]} == set(DESCRIPTIONS)


def test_every_summary_is_valid_by_the_schema_and_holds_no_time() -> None:
    Draft202012Validator.check_schema(summary_schema())
    for book in (sample.gradebook(), sample.gradebook(reports={}), sample.gradebook(policy=None)):
        data = summarise(book).model_dump(mode="json", by_alias=True)
        Draft202012Validator(summary_schema()).validate(data)
        assert "timings" not in data
    broken = summarise(sample.gradebook()).model_dump(mode="json", by_alias=True) | {"counts": {}}
    assert not Draft202012Validator(summary_schema()).is_valid(broken)
