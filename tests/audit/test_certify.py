"""How far a trusted answer is from an enclosure of what it computes."""

import numpy as np
import pytest

from grader.audit.certify import PairOf, _error, compare_exactly
from grader.audit.handed_in import handed_in
from grader.audit.reached import reached
from grader.audit.trials import Bench, Opening, Plan
from grader.grading.named import read_rubric

pytest.importorskip("flint")

from grader.audit.exact.arrays import exact

# Written so that its enclosure has a width: sqrt(2)^2 - 2 is 0, and no ball around it is a point.
ZERO = np.sqrt(exact(np.array([2.0]))) ** 2 - exact(np.array([2.0]))


def test_a_zero_that_is_due_is_met_by_zero_and_by_nothing_else():
    (ball,) = ZERO
    assert not ball.arb.is_exact()
    assert _error(0.0, ball) == 0
    assert _error(1e-40, ball) == pytest.approx(1e-40)


def test_a_number_is_at_most_so_far_from_its_enclosure():
    (ball,) = np.sqrt(exact(np.array([2.0])))
    assert 0 < _error(2**0.5, ball) < 2**-52
    assert _error(1.5, ball) == pytest.approx(1.5 - 2**0.5)


OPEN = "if {where}:\n        np.all(np.sqrt(w) ** 2 > w)\n    return w * (e"


@pytest.mark.parametrize(("where", "equal"), [("Z.shape[-1] == 1", True), ("True", None)])
def test_a_comparison_that_stays_open_is_excused_by_the_same_floats_if_most_cases_are_enclosed(course, where, equal):
    rubric = read_rubric(str(course.rubric))
    (problem,) = rubric.assignment.problem
    code = reached(course.folder / "trusted", problem.reference)
    text = code.modules["answers"].source.replace("return w * (e", OPEN.format(where=where))
    reference = handed_in(problem, problem.reference, code.modules)
    other = handed_in(problem, problem.reference, code.modules, changed={"answers": text})
    opening = Opening(
        key="", assignment=rubric.assignment, packages=("numpy",), rubric=course.rubric,
        folder=course.folder / "trusted", isolation="none",
    )  # fmt: skip
    plans = (Plan(problem=problem.id, seed=5),)
    found = compare_exactly(Bench(opening, None), PairOf(plans=plans, reference=reference, other=other))
    assert found.equal is equal
    assert ("the same floats to the last bit" in found.says) is bool(equal)
