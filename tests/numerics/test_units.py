import importlib.util
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from grader.numerics.expected import measure_expected
from reference.gmm.extended_answers import grad_cholesky


@cache
def study():
    path = Path(__file__).parents[2] / "benchmarks" / "units.py"
    spec = importlib.util.spec_from_file_location("benchmark_of_units", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


PROBLEMS = ["grad_mu", "grad_pi", "grad_pi_constrained", "grad_Sigma", "softmax_VJP", "softmax_backward"]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("kind", ["generic", "wide", "extreme"])
@pytest.mark.parametrize("problem", PROBLEMS)
def test_right_answers_agree_however_they_are_written(problem, kind, dtype):
    tally = study().run(problem, kind, dtype, 4 if kind == "generic" else 2, tapped=True)
    ratios = {name: max(rows) for name, rows in tally.ratios.items()}
    assert all(ratio <= 8 for ratio in ratios.values()), ratios
    if kind == "generic":
        assert tally.informative == tally.cases == 4
        assert len(ratios) >= 4
        assert max(ratios.values()) > 0.02  # a unit that is far too large would agree with anything


@pytest.mark.parametrize("problem", PROBLEMS)
def test_without_taps_right_answers_agree_on_ordinary_inputs(problem):
    tally = study().run(problem, "generic", "float64", 4, tapped=False)
    assert all(max(rows) <= 8 for rows in tally.ratios.values())
    assert tally.informative == 4


@pytest.mark.parametrize("problem", PROBLEMS)
def test_an_answer_that_is_off_by_1e_9_disagrees(problem):
    tally = study().run(problem, "generic", "float64", 6, tapped=True)
    assert tally.tried >= 6
    assert tally.missed == 0


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_factor_whose_product_is_singular_at_its_precision_certifies_nothing(dtype):
    # L is of condition 5e3, L L^T of 2.5e7: whoever forms it and inverts it in float32 is right on paper only.
    L = np.array([[[5000.0, 0.0], [700.0, 1.0]]], dtype=dtype)
    X, pi, mu = (np.array(v, dtype=dtype) for v in ([[3000.0, 900.0], [-800.0, 40.0]], [1.0], [[50.0, -30.0]]))
    (expected,) = measure_expected(
        grad_cholesky,
        (X, pi, mu, L),
        dtype=dtype,
        matrix_arguments=(False, False, False, True),
        blocks=(1,),
        rng=np.random.default_rng(0),
    )
    assert np.isfinite(expected.unit).all() == (dtype == "float64")
