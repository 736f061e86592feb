"""Mistakes are counted once an answer, and their examples are nobody's."""

import random
from fractions import Fraction

import pytest

from grader.model.report import CheckReport, DiagnosisReport, Finding, Verdict
from grader.reporting.class_page.mistakes import MistakeTally, anonymous_example, finding_words
from tests.reporting.class_page.synthetic_class import SLIPS, check, failing_case, problem

PI, SUM, FACTOR, SIGN = SLIPS


def wrong(check_id: str, *diagnoses: DiagnosisReport, finding: Finding = Finding.WRONG_VALUES, **more) -> CheckReport:
    return check(check_id, 10, verdict=Verdict.DISAGREES, finding=finding, diagnoses=diagnoses, **more)


def test_two_checks_that_find_one_mistake_count_it_once():
    tally = MistakeTally()
    tally.add([problem("p", wrong("p.reference", PI), wrong("p.finite_difference", PI))])
    [mistake] = tally.mistakes(["p"])
    assert (mistake.id, mistake.count, mistake.named) == (PI.id, 1, True)


def test_a_mistake_counts_in_each_problem_that_has_it():
    tally = MistakeTally()
    tally.add([problem("p", wrong("p.a", PI)), problem("q", wrong("q.a", PI))])
    assert [(m.problem, m.count) for m in tally.mistakes(["p", "q"])] == [("p", 1), ("q", 1)]


def test_named_mistakes_come_first_and_frequent_ones_before_rare_ones():
    tally = MistakeTally()
    for _ in range(3):
        tally.add([problem("p", wrong("p.a"))])
    for _ in range(2):
        tally.add([problem("p", wrong("p.a", SUM))])
    tally.add([problem("p", wrong("p.a", PI))])
    assert [(m.id, m.count) for m in tally.mistakes(["p"])] == [(SUM.id, 2), (PI.id, 1), ("wrong_values", 3)]


def test_a_wrong_answer_with_a_name_is_not_counted_without_one():
    tally = MistakeTally()
    tally.add([problem("p", wrong("p.a", finding=Finding.WRONG_SHAPE), wrong("p.b", PI))])
    assert [m.id for m in tally.mistakes(["p"])] == [PI.id]


def test_a_submission_that_could_not_be_run_is_one_mistake_not_one_a_problem():
    tally = MistakeTally()
    tally.add([problem(name, wrong(f"{name}.a", finding=Finding.NOT_LOADED)) for name in "pqr"])
    assert [(m.problem, m.count) for m in tally.mistakes("pqr")] == [("", 1)]


def test_right_and_undecided_answers_are_no_mistakes():
    tally = MistakeTally()
    unsure = check("p.b", 5, verdict=Verdict.INCONCLUSIVE, finding=Finding.TOO_CLOSE_TO_TELL)
    tally.add([problem("p", check("p.a", 5), unsure)])
    assert tally.mistakes(["p"]) == ()


def test_the_example_is_the_smallest_whatever_the_order():
    sizes = list(range(1, 9))
    for seed in range(3):
        random.Random(seed).shuffle(sizes)
        tally = MistakeTally()
        for size in sizes:
            tally.add([problem("p", wrong("p.a", PI, failure=failing_case(size=size)))])
        assert tally.mistakes(["p"])[0].example.inputs == failing_case(size=1).inputs


def test_what_a_mistake_says_does_not_depend_on_the_order_of_the_answers():
    said = [DiagnosisReport(id="constant_factor", says=f"times {n}") for n in (3, 2, 5)]
    for order in (said, said[::-1]):
        tally = MistakeTally()
        for each in order:
            tally.add([problem("p", wrong("p.a", each))])
        [mistake] = tally.mistakes(["p"])
        assert (mistake.says, mistake.count) == ("times 2", 3)


TEXT_OF_THE_STUDENT = {Finding.RAISED, Finding.NOT_NUMERIC, Finding.CRASHED, Finding.MALFORMED, Finding.NOT_LOADED}


@pytest.mark.parametrize("finding", Finding)
def test_an_example_never_shows_what_a_students_program_chose_to_say(finding):
    example = anonymous_example(wrong("p.a", finding=finding, failure=failing_case(got="my name is Ada")))
    if finding in TEXT_OF_THE_STUDENT:
        assert example is None
    numbers = {Finding.WRONG_VALUES, Finding.NON_FINITE, Finding.WRONG_SHAPE, Finding.UNSTABLE, Finding.COMPLEX}
    if finding in numbers:
        assert example is not None


def test_an_example_with_a_line_of_the_student_is_left_out():
    assert anonymous_example(wrong("p.a", failure=failing_case(source="line 3: ada = 1"))) is None
    assert anonymous_example(wrong("p.a")) is None


@pytest.mark.parametrize("finding", Finding)
def test_every_finding_has_words(finding):
    assert finding_words(finding)


def test_points_of_a_partly_right_answer_do_not_hide_its_mistake():
    tally = MistakeTally()
    tally.add([problem("p", wrong("p.a", PI, score=Fraction(9)))])
    assert tally.mistakes(["p"])[0].count == 1
