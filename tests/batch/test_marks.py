"""Grades of a class: exact sums, one grade for a group, nothing decided that nobody has decided."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model.gradebook import Adjustment, Mark
from grader.model.handin import HandIn
from grader.model.report import Finding, SubmissionReport
from tests.reporting import sample_class as sample
from tests.reporting import sample_reports


def marks(**changes: object) -> dict[str, Mark]:
    return {mark.student: mark for mark in sample.gradebook(**changes).marks}


def adjustment(student: str, points: int, problem: str = "", reason: str = "r") -> Adjustment:
    return Adjustment(student=student, problem=problem, points=Fraction(points), reason=reason)


def test_what_counts_is_graded_plus_adjusted_minus_late() -> None:
    mark = marks()["bob"]
    assert mark.score == 61
    assert mark.late is not None
    assert (mark.late.days, mark.late.penalty) == (1, 10)
    assert mark.final == 61 + 4 - 10
    grad_pi = next(problem for problem in mark.problems if problem.id == "grad_pi")
    assert (grad_pi.score, grad_pi.adjusted) == (6, 10)


def test_members_of_a_group_have_one_grade() -> None:
    found = marks()
    assert replace(found["bob"], student="cat") == found["cat"]


def test_the_same_change_written_for_each_member_counts_once_and_different_ones_each() -> None:
    both = (adjustment("bob", 3), adjustment("cat", 3))
    assert marks(adjustments=both)["bob"].final == 61 + 3 - 10
    other = (adjustment("bob", 3), adjustment("cat", 3, reason="another"))
    assert marks(adjustments=other)["cat"].final == 61 + 6 - 10


def test_two_equal_changes_for_one_student_both_count() -> None:
    assert marks(adjustments=(adjustment("ada", -1), adjustment("ada", -1)))["ada"].final == 98


def test_a_grade_is_never_below_zero_and_may_pass_the_maximum_by_an_adjustment() -> None:
    assert marks(adjustments=(adjustment("bob", -70),))["bob"].final == 0
    assert marks(adjustments=(adjustment("ada", 5),))["ada"].final == 105


def test_who_handed_in_nothing_is_missing_and_who_was_not_graded_has_no_number() -> None:
    found = marks()
    assert (found["eve"].status, found["eve"].final, found["eve"].hand_in) == ("missing", None, None)
    assert (found["fay"].status, found["fay"].score, found["fay"].final) == ("not_graded", None, None)
    assert found["fay"].reason == "the sandbox died three times on this submission"


def test_a_hand_in_without_a_report_is_not_graded() -> None:
    found = marks(reports={"h1": sample.REPORTS["h1"]})
    assert found["ada"].status == "graded"
    assert found["bob"].status == "not_graded"
    assert found["bob"].reason


def test_no_penalty_is_guessed_where_the_time_is_unknown() -> None:
    mark = marks()["dan"]
    assert mark.late is None
    assert mark.final == mark.score


def test_no_policy_is_no_lateness() -> None:
    assert all(mark.late is None for mark in marks(policy=None).values())


def test_undecided_points_stay_until_a_person_changes_that_problem() -> None:
    assert marks()["dan"].undecided == 20
    assert marks(adjustments=(adjustment("dan", 5),))["dan"].undecided == 20
    decided = marks(adjustments=(adjustment("dan", 0, "grad_mu"),))["dan"]
    assert (decided.undecided, decided.final) == (0, 80)


def test_student_with_two_hand_ins_is_for_a_person() -> None:
    second = HandIn(id="h5", students=("ada",), path="other/ada.py")
    collection = sample.COLLECTION.model_copy(update={"hand_ins": (*sample.HAND_INS, second)})
    mark = marks(collection=collection, reports=sample.REPORTS | {"h5": sample.REPORTS["h1"]})["ada"]
    assert (mark.status, mark.final) == ("not_graded", None)
    assert "ada.py" in mark.reason
    assert "other/ada.py" in mark.reason


@pytest.mark.parametrize("more", [("h1", sample.REPORTS["h1"]), ("h9", sample.REPORTS["h1"])])
def test_a_report_of_nobody_or_a_second_one_is_an_error(more: tuple[str, SubmissionReport]) -> None:
    from grader.batch.marks import make_gradebook

    reports = [*sample.REPORTS.items(), more]
    with pytest.raises(ValueError, match=more[0]):
        make_gradebook(sample.head(), sample.COLLECTION, reports, (), None)


def test_order_of_reports_does_not_matter() -> None:
    backwards = dict(reversed(sample.REPORTS.items()))
    assert sample.gradebook(reports=backwards) == sample.gradebook()


def test_mistake_of_a_problem_is_the_first_that_is_named() -> None:
    found = {problem.id: problem.diagnosis for problem in marks()["bob"].problems}
    assert found["grad_pi"] == "missing_one_over_pi"
    assert found["grad_mu"] == ""


@given(
    st.fractions(0, 100, max_denominator=50),
    st.lists(st.fractions(-30, 30, max_denominator=7), max_size=4),
    st.integers(-100, 3000),
)
def test_the_sum_is_exact_whatever_the_numbers(score: Fraction, changes: list[Fraction], minutes: int) -> None:
    report = sample_reports.full_marks("ada").model_copy(update={"score": score})
    hand_in = replace(sample.HAND_INS[0], submitted_at=sample.DUE + timedelta(minutes=minutes))
    collection = sample.COLLECTION.model_copy(update={"students": (sample.ADA,), "hand_ins": (hand_in,), "missing": ()})
    given_changes = tuple(Adjustment(student="ada", problem="", points=each, reason="r") for each in changes)
    mark = marks(adjustments=given_changes, collection=collection, reports={"h1": report})["ada"]
    assert mark.late is not None
    assert mark.final == max(Fraction(0), score + sum(changes) - mark.late.penalty)


def none_there() -> SubmissionReport:
    made = sample_reports.unreadable()
    problems = [
        problem.model_copy(
            update={"checks": tuple(c.model_copy(update={"outcome": Finding.MISSING}) for c in problem.checks)}
        )
        for problem in made.problems
    ]
    return made.model_copy(update={"problems": tuple(problems)})


def test_a_hand_in_with_nothing_to_try_is_told_from_a_wrong_one() -> None:
    found = marks(reports=sample.REPORTS | {"h1": sample_reports.unreadable(), "h3": none_there()})
    assert {student: mark.nothing for student, mark in found.items()} == {
        "ada": "not_run", "bob": "", "cat": "", "dan": "no_function", "eve": "", "fay": "",
    }  # fmt: skip
    one_right = none_there().problems[1:] + sample_reports.full_marks("ada").problems[:1]
    partly = sample_reports.unreadable().model_copy(update={"problems": one_right})
    assert marks(reports={"h1": partly})["ada"].nothing == ""
