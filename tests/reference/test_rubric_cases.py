"""The rubrics' own cases: other right ways pass wherever they do not overflow, and mistakes are told apart."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from grader.grading.plan import Plan, draw_plan
from grader.loading.rubric import load_rubric
from grader.model.assignment import Problem
from grader.model.case import Case
from grader.numerics.compare import compare
from grader.numerics.expected import AGREE_UNITS, DISAGREE_UNITS
from grader.truth.book import Truth
from grader.truth.modules import TrustedModules
from tests.reference import other_ways

ROOT = Path(__file__).parents[2]
TOLD_APART_UNITS = 64.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    plan: Plan
    truth: Truth

    def cases(self, problem: Problem, *families: str) -> list[Case]:
        return [case for case in self.plan.cases[problem.id] if case.family in families]

    def ratio(self, problem: Problem, case: Case, returned: object) -> float:
        values = returned if isinstance(returned, tuple) else (returned,)
        expected = self.truth.expected(problem, case)
        return max(compare(np.asarray(v), e).ratio for v, e in zip(values, expected, strict=True))


@pytest.fixture(scope="module", params=[("cs280_hw1", 280), ("gmm_extended", 281), ("cs280_hw1", 1)], ids=str)
def drawn(request):
    name, seed = request.param
    rubric = load_rubric(ROOT / "rubrics" / f"{name}.toml", lookup=lambda f, ref: TrustedModules(f).signature(ref))
    modules = TrustedModules(ROOT / "reference")
    truth = Truth(rubric.assignment, modules, seed)
    return Drawn(plan=draw_plan(rubric.assignment, modules, truth, seed), truth=truth)


def test_other_right_ways_agree_wherever_a_direct_formula_can(drawn):
    for problem in drawn.plan.assignment.problem:
        for case in drawn.cases(problem, "generic", "edge", "wide"):
            for way in other_ways.ways(problem.id):
                with np.errstate(all="ignore"):
                    returned = way(*(v.copy() for v in case.values))
                ratio = drawn.ratio(problem, case, returned)
                assert ratio <= AGREE_UNITS, f"{problem.id} {case.id} {case.dtype} {case.says}: {ratio}"


def test_a_direct_formula_fails_every_extreme_case(drawn):
    for problem in drawn.plan.assignment.problem:
        cases = drawn.cases(problem, "extreme")
        assert bool(cases) == any(check.kind == "stability" for check in problem.check)
        for case in cases:
            with np.errstate(all="ignore"):
                returned = other_ways.ways(problem.id)[0](*(v.copy() for v in case.values))
            assert drawn.ratio(problem, case, returned) > DISAGREE_UNITS, f"{problem.id} {case.id} {case.says}"


def test_every_generic_case_is_informative_and_its_sizes_differ(drawn):
    for problem in drawn.plan.assignment.problem:
        for case in drawn.cases(problem, "generic"):
            assert all(e.informative for e in drawn.truth.expected(problem, case))
            sizes = dict(case.sizes)
            assert len(set(sizes.values())) == len(sizes)
            assert sizes.get("K", 3) >= 3


def test_mistakes_are_apart_from_the_truth_and_from_each_other_on_generic_cases(drawn):
    for problem in drawn.plan.assignment.problem:
        for case in drawn.cases(problem, "generic"):
            expected = drawn.truth.expected(problem, case)
            made = [(m.id, drawn.truth.mistaken(problem, m, case)) for m in problem.misconception]
            for n, (one, mistaken) in enumerate(made):
                assert differ(mistaken, expected), (case.id, one)
                for other, another in made[n + 1 :]:
                    assert differ(mistaken, another), (case.id, one, other)


def differ(left, right):
    return any(
        a.value.shape != b.value.shape or compare(a.value, b).ratio > TOLD_APART_UNITS
        for a, b in zip(left, right, strict=True)
    )
