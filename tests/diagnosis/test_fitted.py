"""A fit is an explanation only where the right answer can still be seen in what came back."""

import numpy as np
import pytest

from grader.diagnosis.explain import explain
from tests.checks.worlds import problem, vjp
from tests.diagnosis.trusted import Facts, drawn, observed, tapped_vjp

SHAPES = {"Z": ("N", "C"), "V": ("N", "C")}
CASES = drawn(SHAPES, {"N": 3, "C": 4}, {"N": 5, "C": 4}, {"N": 4, "C": 3})
PROBLEM = problem()
FACTS = Facts(tapped_vjp)


def explained(answer):
    return explain(PROBLEM, observed(answer, CASES, PROBLEM, FACTS), FACTS)


@pytest.mark.parametrize("added", [1e-7, 0.25, -3.0])
def test_a_number_added_to_the_right_answer_is_recognised(added):
    found = explained(lambda Z, V: vjp(Z, V) + added)
    assert found is not None
    assert found.id == "constant_added"


@pytest.mark.parametrize("number", [1.7e308, 2.0**64, -(2.0**63), 1e15])
def test_a_large_constant_is_not_the_right_answer_plus_a_number(number):
    found = explained(lambda Z, V: np.full(Z.shape, number))
    assert found is None or "right one plus" not in found.says


def test_a_signalling_nan_is_no_fit_and_no_warning():
    assert explained(lambda Z, V: np.full(Z.shape, 0x7FA00000, np.uint32).view(np.float32)) is None
