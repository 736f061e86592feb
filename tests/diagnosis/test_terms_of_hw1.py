"""The terms that the rubric names add up to the trusted answer."""

import importlib
from pathlib import Path

import numpy as np
import pytest

from grader.loading.rubric import load_rubric
from grader.truth.modules import TrustedModules
from tests.reference import drawn

ROOT = Path(__file__).parents[2]
RUBRIC = load_rubric(
    ROOT / "rubrics" / "cs280_hw1.toml", lookup=lambda folder, ref: TrustedModules(folder).signature(ref)
)
WITH_TERMS = [p for p in RUBRIC.assignment.problem if p.terms]


def function(ref):
    module, _, name = ref.partition(":")
    return getattr(importlib.import_module(f"reference.{module}"), name)


def parts(returned):
    return [np.asarray(v) for v in (returned if isinstance(returned, tuple) else (returned,))]


def test_the_problems_that_are_sums_name_their_terms():
    assert [p.id for p in WITH_TERMS] == ["grad_pi_constrained", "softmax_backward", "softmax_VJP"]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("problem", WITH_TERMS, ids=lambda p: p.id)
def test_the_terms_add_up_to_the_answer_in_float64(problem, dtype):
    shapes = {"z": (4,), "Z": (3, 4)}
    first = problem.arguments[0]
    inputs = drawn.logits(3, shapes[first], dtype=dtype) if first in shapes else drawn.mixture(3, dtype=dtype)
    whole = parts(function(problem.reference)(*inputs))
    terms = [parts(function(term.function)(*inputs)) for term in problem.terms]
    for i, right in enumerate(whole):
        total = sum(term[i] for term in terms)
        assert all(term[i].dtype == np.float64 for term in terms)
        assert total.shape == right.shape
        np.testing.assert_allclose(total, right, rtol=1e-12, atol=1e-14)
        assert all(abs(term[i]).max() > 0 for term in terms[1:])
