"""The example submissions are what their names say: right, or wrong in one function only."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from reference.gmm import answers
from reference.softmax import answers as softmax_answers
from tests.reference import drawn

FOLDER = Path(__file__).parents[2] / "submissions"
TRUTH = {
    "grad_mu": answers.grad_mu,
    "grad_pi": answers.grad_pi,
    "grad_pi_constrained": answers.grad_pi_constrained,
    "softmax_backward": softmax_answers.softmax_backward,
    "softmax_VJP": softmax_answers.softmax_VJP,
}
# These two are wrong in what they do beside returning: on large logits, and to their argument.
RIGHT_ON_ORDINARY_INPUTS = {"wrong_softmax_VJP_overflows", "wrong_softmax_VJP_changes_its_input"}
WRONG = sorted(p.stem for p in FOLDER.glob("wrong_*.py"))
RIGHT = ["right_cholesky", "right_einsum", "right_loops"]
SEEDS = range(4)


def load(stem: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"submission_{stem}", FOLDER / f"{stem}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def problem_of(stem: str) -> str:
    return max((name for name in TRUTH if stem.startswith(f"wrong_{name}_")), key=len)


def inputs(name: str, seed: int, dtype: str) -> tuple[Any, ...]:
    if name == "softmax_backward":
        return drawn.logits(seed, (3 + seed,), dtype=dtype)
    if name == "softmax_VJP":
        return drawn.logits(seed, (2 + seed, 5), dtype=dtype)
    return drawn.mixture(seed, sizes=((5, 2, 3), (6, 3, 4))[seed % 2], dtype=dtype)


def agrees(module: ModuleType, name: str, seed: int, dtype: str = "float64") -> bool:
    arguments = inputs(name, seed, dtype)
    returned = getattr(module, name)(*(a.copy() for a in arguments))
    truth = TRUTH[name](*arguments)
    pairs = zip(returned, truth, strict=True) if isinstance(truth, tuple) else [(returned, truth)]
    rtol = {"float64": 1e-11, "float32": 1e-3}[dtype]
    return all(
        np.shape(a) == np.shape(b) and bool(np.allclose(a, b, rtol=rtol, atol=rtol * np.max(abs(b)))) for a, b in pairs
    )


@pytest.mark.parametrize("stem", RIGHT)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_right_answer_agrees_with_the_trusted_one_in_every_function(stem, seed, dtype):
    module = load(stem)
    assert [name for name in TRUTH if not agrees(module, name, seed, dtype)] == []


@pytest.mark.parametrize("stem", [*RIGHT, *(s for s in WRONG if "softmax_VJP" not in s)])
def test_softmax_vjp_of_the_others_is_right_where_exp_overflows(stem):
    Z, Y_bar = drawn.logits(3, (4, 3))
    for offset in (1000.0, -1000.0):
        due = softmax_answers.softmax_VJP(Z + offset, Y_bar)
        np.testing.assert_allclose(load(stem).softmax_VJP(Z + offset, Y_bar), due, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("stem", WRONG)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_wrong_answer_is_wrong_in_the_function_of_its_name_only(stem, seed):
    module = load(stem)
    wrong = [name for name in TRUTH if not agrees(module, name, seed)]
    assert wrong == ([] if stem in RIGHT_ON_ORDINARY_INPUTS else [problem_of(stem)])


def test_there_are_mistakes_in_every_function():
    assert len(WRONG) >= 10
    assert {problem_of(stem) for stem in WRONG} == set(TRUTH)


def test_the_overflowing_answer_is_not_finite_on_large_logits():
    Z, Y_bar = drawn.logits(3, (4, 3))
    with np.errstate(all="ignore"):
        returned = load("wrong_softmax_VJP_overflows").softmax_VJP(Z + 1000.0, Y_bar)
    assert not np.isfinite(returned).any()


def test_the_answer_that_changes_its_input_changes_it():
    Z, Y_bar = drawn.logits(3, (4, 3))
    before = Z.copy()
    load("wrong_softmax_VJP_changes_its_input").softmax_VJP(Z, Y_bar)
    assert (before != Z).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_scan_is_right_in_grad_mu_and_wrong_in_the_three_that_follow(seed):
    scanned, transcribed = load("seed_scan"), load("seed_transcribed")
    for module in (scanned, transcribed):
        assert agrees(module, "grad_mu", seed)
        wrong = [name for name in list(TRUTH)[:4] if not agrees(module, name, seed)]
        assert wrong == ["grad_pi", "grad_pi_constrained", "softmax_backward"]
    with pytest.raises(NameError, match="I_bar"):
        agrees(scanned, "softmax_VJP", seed)
    assert agrees(transcribed, "softmax_VJP", seed)


def test_the_two_transcriptions_differ_in_one_letter_of_code():
    scanned, transcribed = (
        (FOLDER / f"{stem}.py").read_text("utf-8").splitlines() for stem in ("seed_scan", "seed_transcribed")
    )
    differing = [(a, b) for a, b in zip(scanned, transcribed, strict=True) if a != b and not a.startswith("#")]
    assert [(a.replace("I_bar", "Y_bar"), b) for a, b in differing] == [(b, b) for _, b in differing]
    assert len(differing) == 1


def test_the_transcription_overflows_on_large_logits():
    Z, Y_bar = drawn.logits(3, (4, 3))
    with np.errstate(all="ignore"):
        assert np.isnan(load("seed_transcribed").softmax_VJP(Z + 1000.0, Y_bar)).all()


@pytest.mark.parametrize("name", TRUTH)
def test_the_starter_asks_for_every_function_and_answers_none(name):
    starter = load("starter")
    with pytest.raises(NotImplementedError, match=name):
        getattr(starter, name)(*inputs(name, 0, "float64"))
    assert "Returns" in getattr(starter, name).__doc__
