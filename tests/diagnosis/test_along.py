"""A factor is named from derivatives alone, by whoever has no answer; a right answer is never explained."""

from dataclasses import replace

import numpy as np
import pytest

from grader.diagnosis.along import Along, explain_along
from grader.numerics.expected import withheld
from tests.checks.worlds import problem, vjp
from tests.diagnosis.trusted import Facts, drawn, observed, tapped_vjp

SHAPES = {"Z": ("N", "C"), "V": ("N", "C")}
CASES = drawn(SHAPES, {"N": 3, "C": 4}, {"N": 5, "C": 4}, {"N": 4, "C": 3})
PROBLEM = problem()
FACTS = Facts(tapped_vjp)
RNG = np.random.default_rng(3)
TANGENTS = {case.draw: RNG.normal(size=(4, *case.values[0].shape)) for case in CASES}


def hidden(observation):
    """Return an observation in which what was due is withheld."""
    kept = tuple(
        withheld(e.unit, informative=e.informative, resolution=e.resolution, dtype=e.dtype)
        for e in observation.expected
    )
    return replace(observation, expected=kept)


def known(spoiled=0.0):
    found = []
    for place, case in enumerate(CASES):
        tangents = TANGENTS[case.draw]
        values = np.tensordot(tangents, vjp(*case.values), axes=2) + spoiled
        found.append(
            Along(observation=place, part=0, tangents=tangents, values=values, errors=1e-13 * np.ones(len(values)))
        )
    return found


def explained(answer, about=None):
    observations = [hidden(o) for o in observed(answer, CASES, PROBLEM, FACTS)]
    return explain_along(PROBLEM, observations, known() if about is None else about, FACTS)


def test_a_right_answer_is_never_explained():
    assert explained(vjp) is None
    assert explained(lambda Z, V: vjp(Z, V) * (1 + 1e-15)) is None


@pytest.mark.parametrize(
    ("answer", "id_"),
    [
        (lambda Z, V: -vjp(Z, V), "sign"),
        (lambda Z, V: 2 * vjp(Z, V), "factor_2"),
        (lambda Z, V: vjp(Z, V) / 2, "factor_half"),
        (lambda Z, V: vjp(Z, V) / len(Z), "over_N"),
        (lambda Z, V: vjp(Z, V) * Z.shape[1], "times_C"),
        (lambda Z, V: vjp(Z, V) * Z, "times_Z"),
        (lambda Z, V: -vjp(Z, V) / len(Z), "minus_over_N"),
        (lambda Z, V: np.zeros_like(Z), "zero"),
        (lambda Z, V: V, "is_V"),
    ],
)
def test_a_factor_and_a_value_that_is_no_answer_are_named(answer, id_):
    found = explained(answer)
    assert found is not None
    assert found.id == id_


@pytest.mark.parametrize(
    "answer",
    [
        lambda Z, V: vjp(Z, V) + 0.5,
        lambda Z, V: vjp(Z, V) * (1 + 1e-7),
        lambda Z, V: vjp(Z, V) ** 2,
        lambda Z, V: np.full(Z.shape, np.nan),
        lambda Z, V: vjp(Z, V) * (2.0 if len(Z) == 3 else 1.0),
        lambda Z, V: vjp(Z, V)[0],
        lambda Z, V: vjp(Z, V) * 1j,
    ],
)
def test_what_is_no_one_factor_on_all_cases_is_not_named(answer):
    assert explained(answer) is None


def test_a_function_that_raises_is_not_explained():
    observations = [replace(hidden(o), values=None) for o in observed(vjp, CASES, PROBLEM, FACTS)]
    assert explain_along(PROBLEM, observations, known(), FACTS) is None


def test_one_case_that_does_not_fit_is_enough_against_a_factor():
    about = known()
    about[-1] = replace(about[-1], values=about[-1].values + 0.1)
    assert explained(lambda Z, V: 2 * vjp(Z, V), about) is None


def test_derivatives_that_are_not_known_say_nothing():
    about = [replace(k, values=np.full(4, np.nan), errors=np.full(4, np.inf)) for k in known()]
    assert explained(lambda Z, V: 2 * vjp(Z, V), about) is None


def test_without_any_derivative_nothing_is_named():
    assert explained(lambda Z, V: 2 * vjp(Z, V), []) is None
