"""A search that remembers what the first cases contradict ends as one that does not, and asks less."""

import numpy as np
import pytest

from grader.diagnosis.explain import explain
from grader.diagnosis.memory import Memory
from grader.diagnosis.observation import Observation
from grader.model.assignment import Misconception
from tests.checks.worlds import problem, softmax, vjp
from tests.diagnosis.test_search_is_cheap import Watched, unexplained
from tests.diagnosis.trusted import Facts, drawn, observed, tapped_vjp

SHAPES = {"Z": ("N", "C"), "V": ("N", "C")}
FIRST = drawn(SHAPES, {"N": 2, "C": 4}, {"N": 3, "C": 4}, {"N": 3, "C": 5})
# Smaller ones, and one of a size that no other has.
MORE = drawn(SHAPES, {"N": 1, "C": 2}, {"N": 1, "C": 3}, {"N": 2, "C": 2}, {"N": 7, "C": 3})
ALL_OF_ONE_SIZE = drawn(SHAPES, {"N": 3, "C": 4}, {"N": 3, "C": 4}, {"N": 3, "C": 4})


def plain_mean(Z, V):
    return softmax(Z) * (V - V.mean(axis=-1, keepdims=True))


def wrong_in_large_ones(Z, V):
    return vjp(Z, V) * (2.0 if len(Z) > 1 else 3.0)


def right_in_small_ones(Z, V):
    return vjp(Z, V) * (2.0 if len(Z) > 1 else 1.0)


def two_names(Z, V):
    return vjp(Z, V) / len(Z)


ANSWERS = {
    "named": plain_mean,
    "named, and a slip": lambda Z, V: -plain_mean(Z, V),
    "a factor": lambda Z, V: 2 * vjp(Z, V),
    "a mean": two_names,
    "a fitted factor": lambda Z, V: 1.37 * vjp(Z, V),
    "a fitted number": lambda Z, V: vjp(Z, V) + 0.25,
    "other inputs": lambda Z, V: vjp(Z, np.exp(V)),
    "other inputs, and a slip": lambda Z, V: -vjp(V, Z),
    "inside": lambda Z, V: softmax(Z) * V,
    "a factor for each case": lambda Z, V: vjp(Z, V) * (1 + V.sum() ** 2),
    "unexplained": unexplained,
    "another one in small ones": wrong_in_large_ones,
    "right in small ones": right_in_small_ones,
}
NAMED = (Misconception.model_validate({"id": "plain_mean", "function": "m:plain_mean", "says": "a plain mean"}),)
PROBLEM = problem(misconceptions=NAMED)


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("first", [FIRST, ALL_OF_ONE_SIZE], ids=["sizes", "one size"])
def test_a_search_with_a_memory_ends_as_one_without(name, first):
    facts = Facts(tapped_vjp, {"plain_mean": plain_mean})
    begin = observed(ANSWERS[name], first, PROBLEM, facts)
    memory = Memory(begin)
    assert explain(PROBLEM, begin, facts, memory) == explain(PROBLEM, begin, facts)
    for more in observed(ANSWERS[name], MORE, PROBLEM, facts):
        observations = (*begin, more)
        assert explain(PROBLEM, observations, facts, memory) == explain(PROBLEM, observations, facts)


def both(Z, V):
    return vjp(Z, V), softmax(Z)


@pytest.mark.parametrize(
    "answer",
    [
        lambda Z, V: (2 * vjp(Z, V), softmax(Z) ** 2),
        lambda Z, V: (2 * vjp(Z, V), softmax(Z)),
        lambda Z, V: (2 * vjp(Z, V), softmax(Z) * (2.0 if len(Z) == 1 else 1.0)),
        lambda Z, V: (unexplained(Z, V), -softmax(Z)),
    ],
    ids=["two", "one", "the other in small ones", "one is open"],
)
def test_so_does_one_in_which_several_values_are_wrong(answer):
    returns = ({"name": "a", "shape": ("N", "C")}, {"name": "b", "shape": ("N", "C")})
    of = PROBLEM.model_validate({**problem().model_dump(), "returns": returns})
    facts = Facts(both)
    begin = observed(answer, FIRST, of, facts)
    memory = Memory(begin)
    assert explain(of, begin, facts, memory) == explain(of, begin, facts)
    for more in observed(answer, MORE, of, facts):
        assert explain(of, (*begin, more), facts, memory) == explain(of, (*begin, more), facts)


class Asked(Watched):
    """Notes the cases on which a named mistake is evaluated, too."""

    def mistaken(self, problem, misconception, case):
        self.seen.append((misconception.id, case.draw))
        return super().mistaken(problem, misconception, case)


def test_what_the_first_cases_contradict_is_not_evaluated_again():
    facts = Asked()
    facts.mistakes["plain_mean"] = plain_mean
    begin = observed(unexplained, FIRST, PROBLEM, facts)
    memory = Memory(begin)
    assert explain(PROBLEM, begin, facts, memory) is None
    assert {"plain_mean"} < {name for name, _ in facts.seen}
    facts.seen.clear()
    (more,) = observed(unexplained, MORE[2:3], PROBLEM, facts)
    assert explain(PROBLEM, (*begin, more), facts, memory) is None
    assert not facts.seen


def test_what_a_further_case_contradicts_is_tried_again_with_another_one():
    facts = Facts(tapped_vjp)
    begin = observed(right_in_small_ones, FIRST, problem(), facts)
    memory = Memory(begin)
    other, same = observed(right_in_small_ones, [MORE[0], MORE[2]], problem(), facts)
    assert explain(problem(), (*begin, other), facts, memory) != explain(problem(), begin, facts)
    found = explain(problem(), (*begin, same), facts, memory)
    assert found is not None
    assert found.id == "factor_2"


def test_a_memory_of_other_observations_is_refused():
    facts = Facts(tapped_vjp)
    begin = observed(unexplained, FIRST, problem(), facts)
    again = [Observation(case=o.case, values=o.values, expected=o.expected) for o in begin]
    for others in (again, begin[:-1]):
        with pytest.raises(ValueError, match="do not begin with"):
            explain(problem(), others, facts, Memory(begin))
