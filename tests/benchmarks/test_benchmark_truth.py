import mpmath as mp
import numpy as np
import pytest

from tests.reference import high_precision as hp

pytest.importorskip("flint", reason="needs python-flint, of the extra `bench`")

from benchmarks.certified import Certified
from benchmarks.drawn_cases import RUBRICS, Drawn, drawn_cases, load_assignment
from benchmarks.forward_models import slopes
from benchmarks.judges import Question, judges
from benchmarks.our_verdicts import called
from benchmarks.right_answers import right_answers
from grader.model.outcome import Returned

PROBLEMS = [(rubric, problem.id) for rubric in RUBRICS for problem in load_assignment(rubric).problem]


def first_drawn(rubric, problem_id):
    assignment = load_assignment(rubric)
    problem = next(p for p in assignment.problem if p.id == problem_id)
    return next(d for d in drawn_cases(assignment, problem, 7) if isinstance(d, Drawn))


@pytest.mark.parametrize(("rubric", "problem"), PROBLEMS)
def test_proven_truth_is_the_definition_in_80_digits(rubric, problem):
    drawn = first_drawn(rubric, problem)
    with mp.workdps(hp.DIGITS):
        due = getattr(hp, problem)(*map(hp.exact, drawn.case.values))
        for value, proven in zip(due if isinstance(due, tuple) else (due,), drawn.certified, strict=True):
            exact = np.asarray(value, dtype=object)
            gap = hp.rounded(abs(exact - hp.exact(proven.high) - hp.exact(proven.low)))
            assert (gap <= 2.0**-104 * abs(proven.high)).all()


@pytest.mark.parametrize(("rubric", "problem"), PROBLEMS)
def test_there_are_six_ways_to_a_right_answer_within_a_hundred_roundings(rubric, problem):
    drawn = first_drawn(rubric, problem)
    ways = right_answers(problem)
    assert len(ways) >= 6
    for answer in ways.values():
        outcome = called(answer, drawn.case.values, len(drawn.certified))
        assert isinstance(outcome, Returned)
        for value, proven in zip(outcome.values, drawn.certified, strict=True):
            assert not proven.shows(value, 100.0)
            assert proven.shows(value * 1.001, 100.0)


def test_another_shape_and_what_is_not_finite_are_shown_wrong():
    proven = Certified(high=np.ones(2), low=np.zeros(2), reach=np.full(2, 1e-16))
    assert not proven.shows(np.ones(2), 1.0)
    assert proven.shows(np.ones((1, 2)), 1.0)
    assert proven.shows(np.array([1.0, np.nan]), 1.0)


def test_a_truth_that_is_wholly_zero_shows_no_number_wrong():
    nothing = Certified(high=np.zeros(2), low=np.zeros(2), reach=np.full(2, 1e-308))
    assert not nothing.shows(np.full(2, 1e-17), 1.0)


@pytest.mark.parametrize(("rubric", "problem"), PROBLEMS)
def test_each_checker_takes_a_right_answer_to_an_ordinary_case_and_not_its_double(rubric, problem):
    drawn = first_drawn(rubric, problem)
    assert drawn.case.dtype == "float64"
    right = tuple(e.value for e in drawn.expected)
    wrong = tuple(2 * value for value in right)
    for judge in judges()[0]:
        for actual, accepted in ((right, True), (wrong, False)):
            question = Question(actual=actual, trusted=right, slopes=slopes(problem, drawn.case))
            assert judge.accepts(question) is accepted, judge.name
