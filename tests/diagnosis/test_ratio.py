"""The factor between two lines of a derivation is found as a formula, and only if one alone fits every case."""

import numpy as np
import pytest

from grader.diagnosis.observation import Observation
from grader.diagnosis.ratio import line_before, ratio
from grader.numerics.expected import withheld
from tests.checks.worlds import KnownFacts, case, problem, vjp

PROBLEM = problem()
CASES = [case(i, n=n, c=c) for i, (n, c) in enumerate([(2, 4), (3, 4), (3, 5), (2, 5)])]
FACTS = KnownFacts()


def off_by(factor, *, before=vjp, known=True, cases=CASES):
    """The factor that is found where each line is `factor(case)` times the one before."""
    observations = []
    for one in cases:
        (truth,) = FACTS.expected(PROBLEM, one)
        if not known:
            truth = withheld(truth.unit, informative=truth.informative, resolution=truth.resolution, dtype=truth.dtype)
        left = before(*(value.astype(np.float64) for value in one.values))
        expected = line_before(left, truth)
        observations.append(Observation(case=one, values=(np.asarray(factor(one) * left),), expected=(expected,)))
    return ratio(PROBLEM, observations)


def size(one, symbol):
    return dict(one.sizes)[symbol]


FACTORS = {
    "-1": lambda _: -1.0,
    "2": lambda _: 2.0,
    "1/2": lambda _: 0.5,
    "1/N": lambda c: 1 / size(c, "N"),
    "-1/N": lambda c: -1 / size(c, "N"),
    "C": lambda c: size(c, "C"),
    "Z": lambda c: c.values[0],
    "1/V": lambda c: 1 / c.values[1],
    "-V": lambda c: -c.values[1],
    "V^2": lambda c: c.values[1] ** 2,
    "1/N * V": lambda c: c.values[1] / size(c, "N"),
    "1.37": lambda _: 1.37,
    "0": lambda _: 0.0,
}


@pytest.mark.parametrize("formula", FACTORS)
@pytest.mark.parametrize("known", [True, False])
def test_a_factor_is_told_as_a_formula_with_and_without_the_answer(formula, known):
    assert off_by(FACTORS[formula], known=known) == formula


def test_lines_that_are_both_wrong_have_a_factor_too():
    assert off_by(FACTORS["1/N"], before=lambda Z, V: np.exp(Z) + V) == "1/N"


def test_what_is_no_factor_is_called_none():
    rng = np.random.default_rng(3)
    assert off_by(lambda c: rng.normal(size=c.values[0].shape)) == ""


def test_a_size_that_never_changes_is_told_as_a_number():
    assert off_by(FACTORS["1/N"], cases=CASES[1:3]) == "0.333333"


def test_equal_lines_have_no_factor():
    assert off_by(lambda _: 1.0) == ""


def test_a_derivative_that_was_taken_numerically_has_the_same_factor():
    assert off_by(lambda c: 2.0 + 1e-9 * c.values[0]) == "2"
