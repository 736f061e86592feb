"""Right lines are never called different: ill-conditioned, in float32, tiny, far apart, computed in whatever way."""

import runpy
import warnings
from pathlib import Path

import numpy as np
import pytest

from grader.checks.derivation import Derivation
from grader.grading.engine import trusted_modules
from grader.grading.plan import Drawer
from grader.loading.rubric import load_rubric
from grader.model.checks import DerivationCheck
from grader.model.outcome import Absence, Returned, Unavailable
from grader.model.report import Verdict
from grader.truth.book import Truth

ROOT = Path(__file__).parents[2]
WAYS = ("right_loops", "right_cholesky", "right_einsum")
CHECK = DerivationCheck(kind="derivation", points=1, least=3, most=3, families=("generic", "edge", "wide"))
MISSING = Unavailable(absence=Absence.MISSING, says="")


@pytest.fixture(scope="module")
def ways():
    return [runpy.run_path(str(ROOT / "submissions" / f"{name}.py")) for name in WAYS]


def judged(problem, case, lines, truth):
    outcomes = {f"{problem.steps_of(CHECK)}[{i}]": MISSING for i in range(CHECK.most + 1)}
    for label, line in zip(outcomes, lines, strict=False):
        arguments = [np.array(value) if value.ndim else value[()] for value in case.values]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            outcomes[label] = Returned(values=(np.asarray(line(*arguments)),), inputs_after=case.values)
    return Derivation().judge(CHECK, problem, case, outcomes, truth)


@pytest.mark.parametrize("name", ["grad_mu", "grad_pi", "grad_pi_constrained", "softmax_VJP"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_three_right_ways_are_lines_of_one_derivation(name, dtype, ways):
    rubric = load_rubric(ROOT / "rubrics" / "cs280_hw1.toml")
    problem = next(p for p in rubric.assignment.problem if p.id == name).model_copy(update={"check": (CHECK,)})
    inputs = rubric.assignment.inputs[problem.inputs]
    # Every group in this precision, but covariances that float32 cannot hold: 1e6 is all but singular there.
    groups = [g for g in inputs.case if dtype == "float64" or "1e6" not in (g.says or "")]
    drawn = tuple(group.model_copy(update={"dtypes": (dtype,), "count": 1}) for group in groups)
    inputs = inputs.model_copy(update={"case": drawn})
    problem = problem.model_copy(update={"check": (CHECK,)})
    assignment = rubric.assignment.model_copy(
        update={"problem": (problem,), "inputs": rubric.assignment.inputs | {problem.inputs: inputs}}
    )
    modules = trusted_modules(rubric.path, assignment)
    truth = Truth(assignment, modules, 7)
    cases, _ = Drawer(assignment, modules, truth, 7).first(problem)
    found = [judged(problem, case, [way[name] for way in ways], truth) for case in cases]
    assert len(cases) >= 10
    assert [one.case.says for one in found if one.verdict is Verdict.DISAGREES] == []
    assert sum(one.verdict is Verdict.AGREES for one in found) >= len(cases) - 1
