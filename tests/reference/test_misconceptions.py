"""Each named mistake differs from the truth and from every other; the rubrics name just those that exist."""

import importlib
import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomli

from grader.model.assignment import Assignment, Misconception, Problem
from tests.reference import drawn

ROOT = Path(__file__).parents[2]
RUBRICS = ("cs280_hw1", "gmm_extended")
SEEDS = range(6)


def frozen(value: Any) -> Any:
    """TOML's lists as tuples, which is what the strict schema takes."""
    if isinstance(value, list):
        return tuple(frozen(v) for v in value)
    return {k: frozen(v) for k, v in value.items()} if isinstance(value, dict) else value


def assignment(name: str) -> Assignment:
    return Assignment.model_validate(frozen(tomli.loads((ROOT / "rubrics" / f"{name}.toml").read_text("utf-8"))))


PROBLEMS = [problem for name in RUBRICS for problem in assignment(name).problem]
EACH = pytest.mark.parametrize("problem", PROBLEMS, ids=[p.id for p in PROBLEMS])


def function(ref: str) -> Any:
    module, _, name = ref.partition(":")
    return getattr(importlib.import_module(f"reference.{module}"), name)


def generic(problem: Problem, seed: int, dtype: str = "float64") -> tuple[Any, ...]:
    """Inputs in general position, K >= 3, all sizes distinct."""
    if problem.arguments == ("z", "y_bar"):
        return drawn.logits(seed, (3 + seed % 3,), dtype=dtype)
    if problem.arguments == ("Z", "Y_bar"):
        return drawn.logits(seed, ((4, 3), (2, 5), (5, 4))[seed % 3], dtype=dtype)
    X, pi, mu, Sigma = drawn.mixture(seed, sizes=((5, 2, 3), (6, 3, 4), (4, 2, 3))[seed % 3], dtype=dtype)
    if problem.arguments[1] == "logits":
        return X, np.log(pi) + pi.dtype.type(0.5), mu, Sigma
    return (X, pi, mu, np.linalg.cholesky(Sigma)) if problem.arguments[3] == "L" else (X, pi, mu, Sigma)


def parts(returned: Any) -> list[np.ndarray[Any, Any]]:
    return [np.asarray(v) for v in returned] if isinstance(returned, tuple) else [np.asarray(returned)]


def apart(left: Any, right: Any) -> bool:
    """Whether two answers differ in shape, or by more than a ten-thousandth of their size."""
    pairs = list(zip(parts(left), parts(right), strict=True))
    if any(a.shape != b.shape for a, b in pairs):
        return True
    return any(np.max(abs(a - b), initial=0.0) > 1e-4 * np.max(abs(a) + abs(b), initial=0.0) for a, b in pairs)


@EACH
@pytest.mark.parametrize("seed", SEEDS)
def test_a_mistake_never_coincides_with_the_truth_on_generic_inputs(problem, seed):
    inputs = generic(problem, seed)
    truth = function(problem.reference)(*inputs)
    for mistake in problem.misconception:
        assert apart(function(mistake.function)(*inputs), truth), mistake.id


@EACH
@pytest.mark.parametrize("seed", SEEDS)
def test_two_mistakes_never_coincide_on_generic_inputs(problem, seed):
    inputs = generic(problem, seed)
    made = {mistake.id: function(mistake.function)(*inputs) for mistake in problem.misconception}
    for i, one in enumerate(made):
        for other in list(made)[i + 1 :]:
            assert apart(made[one], made[other]), (one, other)


@EACH
@pytest.mark.parametrize("seed", SEEDS)
def test_a_mistake_computes_in_float64_whatever_it_is_given(problem, seed):
    single = generic(problem, seed, "float32")
    double = tuple(a.astype(np.float64) for a in single)
    for mistake in problem.misconception:
        for a, b in zip(
            parts(function(mistake.function)(*single)), parts(function(mistake.function)(*double)), strict=True
        ):
            assert a.dtype == np.float64, mistake.id
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13, err_msg=mistake.id)


@EACH
def test_a_mistake_takes_the_arguments_of_its_problem_and_leaves_them_alone(problem):
    inputs = generic(problem, 1)
    before = [a.copy() for a in inputs]
    for mistake in problem.misconception:
        assert tuple(inspect.signature(function(mistake.function)).parameters) == problem.arguments
        function(mistake.function)(*inputs)
        assert all((a == b).all() for a, b in zip(inputs, before, strict=True))


def test_every_mistake_of_the_modules_is_named_by_a_rubric_once():
    named = [m.function for p in PROBLEMS for m in p.misconception]
    assert len(named) == len(set(named))
    for module in ("gmm.misconceptions", "gmm.extended_misconceptions", "softmax.misconceptions"):
        loaded = importlib.import_module(f"reference.{module}")
        public = {
            f"{module}:{name}"
            for name, value in vars(loaded).items()
            if inspect.isfunction(value) and value.__module__ == loaded.__name__ and not name.startswith("_")
        }
        assert public == {ref for ref in named if ref.startswith(f"{module}:")}


@EACH
def test_what_a_student_is_told_is_a_clause_and_a_question_or_advice(problem):
    for mistake in problem.misconception:
        assert isinstance(mistake, Misconception)
        assert mistake.says[0].islower() or mistake.says.startswith(("L_k", "N is", "N/K", "Sigma_k", "R_bar"))
        assert not mistake.says.endswith(".")
        assert mistake.hint is not None
        assert mistake.hint[-1] in ".?"
        assert 0 <= mistake.share <= 0.5


@pytest.mark.parametrize("name", RUBRICS)
def test_a_rubric_follows_the_schema_and_its_points_add_up(name):
    rubric = assignment(name)
    assert sum(p.points for p in rubric.problem) == rubric.points == 100
    for problem in rubric.problem:
        assert sum(c.points for c in problem.check) == problem.points
        deciding = [c.kind in {"reference", "finite_difference", "adjoint"} for c in problem.check]
        assert deciding == sorted(deciding, reverse=True), "supporting checks come after the deciding ones"
        assert function(problem.reference)


def test_the_points_of_hw1_are_those_of_the_homework():
    points = [(p.id, int(p.points)) for p in assignment("cs280_hw1").problem]
    assert points == [
        ("grad_mu", 20),
        ("grad_pi", 20),
        ("grad_pi_constrained", 15),
        ("softmax_backward", 20),
        ("softmax_VJP", 25),
    ]
