"""What the truth tells the search: terms, shapes, intermediate values, and the trusted function with a change."""

from pathlib import Path

import numpy as np
import pytest

from grader.grading.plan import draw_plan
from grader.loading.rubric import load_rubric
from grader.model.assignment import Term
from grader.truth.book import Truth
from grader.truth.modules import TrustedFunctionError, TrustedModules

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def world():
    path = ROOT / "rubrics" / "cs280_hw1.toml"
    rubric = load_rubric(path, lookup=lambda folder, ref: TrustedModules(folder).signature(ref)).assignment
    problem = next(p for p in rubric.problem if p.id == "softmax_VJP")
    bare = problem.model_copy(update={"misconception": ()})
    small = rubric.model_copy(update={"problem": (bare,)})
    modules = TrustedModules(ROOT / "reference")
    truth = Truth(small, modules, 5)
    return truth, bare, draw_plan(small, modules, truth, 5).cases[bare.id][0]


def test_shapes_are_those_of_the_rubric(world):
    truth, problem, _ = world
    assert truth.shapes(problem) == {"Z": ("N", "C"), "Y_bar": ("N", "C")}


def test_intermediate_values_come_in_the_order_of_their_computation(world):
    truth, problem, case = world
    found = truth.intermediates(problem, case)
    names = list(found)
    assert names.index("output") < names.index("mean_cotangent") < names.index("normaliser_term")
    np.testing.assert_allclose(
        found["direct_term"] - found["normaliser_term"], truth.expected(problem, case)[0].value, rtol=1e-12, atol=1e-15
    )


def test_a_glimpse_sees_other_inputs_and_changed_values(world):
    truth, problem, case = world
    Z, V = case.values
    right = truth.expected(problem, case)[0].value
    (doubled,) = truth.glimpse(problem, case, "V twice", (Z, 2 * V), None)
    np.testing.assert_allclose(doubled, 2 * right, rtol=1e-12)

    def without_second_term():
        return lambda name, value: 0 * value if name == "normaliser_term" else value

    (first,) = truth.glimpse(problem, case, "first term", (Z, V), without_second_term)
    np.testing.assert_allclose(first, truth.intermediates(problem, case)["direct_term"], rtol=1e-12)


def test_a_glimpse_where_the_trusted_function_fails_is_none(world):
    truth, problem, case = world
    assert truth.glimpse(problem, case, "too few", case.values[:1], None) is None
    assert truth.glimpse(problem, case, "complex", (case.values[0] * 1j, case.values[1]), None) is None


def test_a_term_is_measured_and_has_the_shape_of_the_answer(world):
    truth, problem, case = world
    first, second = (truth.term(problem, term, case)[0] for term in problem.terms)
    right = truth.expected(problem, case)[0]
    assert (abs(first.value + second.value - right.value) <= right.unit + first.unit + second.unit).all()


def test_a_term_of_another_shape_is_a_fault_of_the_rubric(world):
    truth, problem, case = world
    term = Term(id="output", function="softmax.forward:normaliser", says="the output")
    with pytest.raises(TrustedFunctionError) as raised:
        truth.term(problem, term, case)
    assert raised.value.ref == "softmax.forward:normaliser"


def test_a_term_that_fails_is_a_fault_of_the_rubric(world):
    truth, problem, case = world
    with pytest.raises(TrustedFunctionError):
        truth.term(problem, Term(id="none", function="softmax.forward:absent", says="the absent one"), case)
