"""What a mistake makes of an expected value keeps a unit to be judged by, and says when it tells nothing."""

import numpy as np
import pytest

from grader.diagnosis.pattern import aligned, remade, scaled
from grader.numerics.compare import Closeness, compare
from tests.checks.worlds import case, problem
from tests.diagnosis.trusted import Facts

EXPECTED = Facts().expected(problem(), case())[0]


@pytest.mark.parametrize("factor", [0.0, 1e-300, 1.0, -2.0, 1e6])
def test_an_equal_value_agrees_whatever_the_factor(factor):
    made = scaled(EXPECTED, factor)
    assert (made.value == EXPECTED.value * factor).all()
    assert (made.unit > 0).all()
    assert compare(made.value, made).closeness is Closeness.AGREES


def test_a_factor_scales_the_unit_by_its_size():
    np.testing.assert_array_equal(scaled(EXPECTED, -4.0).unit, 4.0 * EXPECTED.unit)


def test_a_value_that_is_all_rounding_tells_nothing():
    assert EXPECTED.informative
    size = np.max(np.abs(EXPECTED.value))
    assert not remade(EXPECTED, EXPECTED.value, np.full_like(EXPECTED.unit, 1e-6 * size)).informative
    assert remade(EXPECTED, EXPECTED.value, np.full_like(EXPECTED.unit, 1e-9 * size)).informative
    assert not remade(EXPECTED, EXPECTED.value, np.full_like(EXPECTED.unit, np.nan)).informative


def test_zeros_are_told_from_the_answer_by_its_size():
    assert remade(EXPECTED, np.zeros_like(EXPECTED.value), EXPECTED.unit).informative


def test_what_is_fitted_can_be_marked_as_telling_nothing():
    assert not remade(EXPECTED, EXPECTED.value, EXPECTED.unit, informative=False).informative


def test_an_argument_is_a_factor_of_what_has_its_leading_axes():
    given = case(n=2, c=4)
    assert aligned(given, "Z", np.zeros((2, 4))).shape == (2, 4)
    assert aligned(given, "Z", np.zeros((2, 4, 3))).shape == (2, 4, 1)
    assert aligned(given, "Z", np.zeros((4, 2))) is None
    assert aligned(given, "Z", np.zeros(2)) is None
