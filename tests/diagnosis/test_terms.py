"""A term of the answer that is missing, negated, averaged or off by a factor is named; two at once are not."""

import numpy as np
import pytest

from grader.diagnosis.explain import explain
from grader.model.assignment import Term
from tests.checks.worlds import problem, softmax, vjp
from tests.diagnosis.trusted import Facts, drawn, observed

SHAPES = {"Z": ("N", "C"), "V": ("N", "C")}
CASES = drawn(SHAPES, *({"N": n, "C": c} for n, c in ((3, 4), (5, 4), (3, 5), (4, 3))))


def direct(Z, V):
    return softmax(Z) * V


def indirect(Z, V):
    return -softmax(Z) * (softmax(Z) * V).sum(axis=-1, keepdims=True)


TERMS = tuple(Term(id=i, function=f"m:{i}", says=f"the {i} path") for i in ("direct", "indirect"))
PROBLEM = problem(terms=TERMS)
FACTS = Facts(terms={"direct": direct, "indirect": indirect})


def found(answer, of=PROBLEM, facts=FACTS):
    return explain(of, observed(answer, CASES, of, facts), facts)


@pytest.mark.parametrize(
    ("answer", "id_", "says"),
    [
        (direct, "without_indirect", "the indirect path is missing"),
        (indirect, "without_direct", "the direct path is missing"),
        (lambda Z, V: direct(Z, V) - indirect(Z, V), "indirect+sign", "the indirect path has the wrong sign"),
        (lambda Z, V: direct(Z, V) + 2 * indirect(Z, V), "indirect+factor_2", "the indirect path is twice too large"),
        (
            lambda Z, V: direct(Z, V) / 2 + indirect(Z, V),
            "direct+factor_half",
            "the direct path is half of what it should be",
        ),
        (lambda Z, V: direct(Z, V) + indirect(Z, V) / len(Z), "indirect+over_N", "the indirect path is divided by N"),
        (
            lambda Z, V: direct(Z, V) + indirect(Z, V) * Z.shape[1],
            "indirect+times_C",
            "the indirect path is multiplied by C",
        ),
        (
            lambda Z, V: direct(Z, V) + 0.7 * indirect(Z, V),
            "indirect+coefficient",
            "the indirect path is 0.7 times what it should be",
        ),
    ],
)
def test_a_single_coefficient_that_is_off_is_named(answer, id_, says):
    explanation = found(answer)
    assert explanation is not None
    assert (explanation.id, explanation.says) == (id_, says)


def test_two_coefficients_that_are_off_are_not_one_mistake():
    assert found(lambda Z, V: 0.7 * direct(Z, V) + 3 * indirect(Z, V)) is None


def test_a_coefficient_that_changes_from_case_to_case_without_a_size_is_not_named():
    assert found(lambda Z, V: direct(Z, V) + Z[0, 0] * indirect(Z, V)) is None


def test_both_terms_off_by_one_factor_are_the_answer_off_by_it():
    explanation = found(lambda Z, V: -vjp(Z, V))
    assert explanation is not None
    assert explanation.id == "sign"


def test_a_term_that_is_all_of_a_value_is_not_spoken_of():
    two = problem(returns=({"name": "s", "shape": ("N",)}, {"name": "Z_bar", "shape": ("N", "C")}), terms=TERMS)

    def both(Z, V):
        return (softmax(Z) * V).sum(axis=1), vjp(Z, V)

    facts = Facts(
        both,
        terms={
            "direct": lambda Z, V: (np.zeros(len(Z)), direct(Z, V)),
            "indirect": lambda Z, V: (both(Z, V)[0], indirect(Z, V)),
        },
    )
    explanation = found(lambda Z, V: (-both(Z, V)[0], both(Z, V)[1]), two, facts)
    assert explanation is not None
    assert (explanation.id, explanation.says) == ("sign", "s has the wrong sign")
    explanation = found(lambda Z, V: (both(Z, V)[0], direct(Z, V)), two, facts)
    assert explanation is not None
    assert explanation.says == "the indirect path is missing, in Z_bar"
