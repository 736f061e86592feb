"""What a fixed tolerance gets wrong: a small mistake on easy inputs, and a right answer on hard ones."""

from pathlib import Path

import numpy as np
import pytest

from grader.grading.engine import trusted_modules
from grader.grading.prepare import prepare
from grader.grading.submission import grade_problems
from grader.loading.rubric import load_rubric
from grader.model.inputs import PositiveDefinite
from grader.model.outcome import Returned
from grader.model.report import Verdict

RUBRIC = Path(__file__).parents[2] / "rubrics" / "cs280_hw1.toml"


def posterior(X, pi, mu, precision, logdet):
    difference = X[:, None, :] - mu
    distance = np.einsum("nkd,kde,nke->nk", difference, precision, difference)
    logs = np.log(pi) - (distance + logdet) / 2
    logs -= logs.max(axis=1, keepdims=True)
    weights = np.exp(logs)
    return weights / weights.sum(axis=1, keepdims=True), difference


def by_inv(X, pi, mu, Sigma):
    precision = np.linalg.inv(Sigma)
    r, difference = posterior(X, pi, mu, precision, np.linalg.slogdet(Sigma)[1])
    return np.einsum("nk,kde,nke->kd", r, precision, difference)


def by_eigh(X, pi, mu, Sigma):
    values, vectors = np.linalg.eigh(Sigma)
    precision = np.einsum("kde,ke,kfe->kdf", vectors, 1 / values, vectors)
    r, difference = posterior(X, pi, mu, precision, np.log(values).sum(axis=1))
    return np.einsum("nk,kde,nke->kd", r, precision, difference)


def by_solve(X, pi, mu, Sigma):
    r, difference = posterior(X, pi, mu, np.linalg.inv(Sigma), np.linalg.slogdet(Sigma)[1])
    summed = np.einsum("nk,nke->ke", r, difference)
    return np.linalg.solve(Sigma, summed[..., None])[..., 0]


def by_cholesky(X, pi, mu, Sigma):
    L = np.linalg.cholesky(Sigma)
    inverse = np.linalg.inv(L)
    precision = inverse.swapaxes(1, 2) @ inverse
    r, difference = posterior(X, pi, mu, precision, 2 * np.log(np.einsum("kii->ki", L)).sum(axis=1))
    return np.einsum("nk,kde,nke->kd", r, precision, difference)


class Direct:
    """Calls a function in this process."""

    def __init__(self, answer):
        self.answer = answer

    def call(self, call):
        return Returned(values=(self.answer(*call.arguments),), inputs_after=call.arguments if call.want_inputs else ())


def world(condition):
    """Return the reference check of grad_mu on float64 cases whose covariances have a condition."""
    rubric = load_rubric(RUBRIC)
    problem = next(p for p in rubric.assignment.problem if p.id == "grad_mu")
    inputs = rubric.assignment.inputs[problem.inputs]
    sampler = inputs.values["Sigma"]
    assert isinstance(sampler, PositiveDefinite)
    hard = sampler.model_copy(update={"condition": (condition / 2, condition), "digits": None})
    generic = next(group for group in inputs.case if group.family == "generic")
    inputs = inputs.model_copy(
        update={
            "values": {**inputs.values, "Sigma": hard},
            "case": (generic.model_copy(update={"count": 12, "dtypes": ("float64",)}),),
        }
    )
    check = problem.check[0]
    problem = problem.model_copy(update={"check": (check,), "points": check.points, "misconception": ()})
    update = {"inputs": {problem.inputs: inputs}, "problem": (problem,), "points": check.points}
    assignment = rubric.assignment.model_copy(update=update)
    return prepare(assignment, trusted_modules(rubric.path, assignment), 1)


@pytest.fixture(scope="module")
def easy():
    return world(10.0)


@pytest.fixture(scope="module")
def hard():
    return world(1e8)


def verdict(grading, answer):
    ((problem,)) = grade_problems(grading, Direct(answer), lambda check_id: check_id)
    return problem.checks[0].verdict


WAYS = [by_inv, by_eigh, by_solve, by_cholesky]


@pytest.mark.parametrize("answer", WAYS)
def test_right_answers_agree_on_covariances_of_condition_1e8(hard, answer):
    assert verdict(hard, answer) is Verdict.AGREES


def test_such_covariances_are_out_of_reach_of_a_fixed_tolerance(hard):
    """Or the test above would show nothing: the same right answers are farther apart than 1e-9."""
    (cases,) = hard.plan.cases.values()
    answers = [(by_inv(*c.values), by_eigh(*c.values)) for c in cases]
    assert any(np.max(np.abs(one - other)) > 1e-9 * np.max(np.abs(other)) for one, other in answers)


@pytest.mark.parametrize("answer", WAYS)
def test_an_answer_that_is_off_by_a_relative_1e_9_disagrees(easy, answer):
    assert verdict(easy, answer) is Verdict.AGREES
    assert verdict(easy, lambda *a: answer(*a) * (1 + 1e-9)) is Verdict.DISAGREES


def test_so_does_one_that_is_off_in_its_last_entry_only(easy):
    def off(*arguments):
        out = by_eigh(*arguments)
        out[-1, -1] *= 1 + 1e-9
        return out

    assert verdict(easy, off) is Verdict.DISAGREES
