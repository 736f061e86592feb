import importlib.util
import sys
from functools import cache
from pathlib import Path

import pytest


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
