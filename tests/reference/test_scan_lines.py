"""Each line of the scanned answer: one that holds is shown to hold, one that does not is shown not to."""

import re
from pathlib import Path

import mpmath as mp
import numpy as np
import pytest

from reference.gmm import forward
from reference.softmax.answers import softmax_VJP
from tests.reference import drawn, scan_lines
from tests.reference import high_precision as hp

DOCUMENT = Path(__file__).parents[2] / "docs" / "cs280_hw1.md"
SEEDS = range(3)
# Some sides pass through double precision, or through many steps of EM.
HOLDS_WITHIN = 1e-10
FAILS_BEYOND = 1e-3

# The function of part (c), character for character; what its lines do as Python.
AS_PRINTED = {
    "c.1": "def softmax-VJP(Z, Y-bar):\n    pass",
    "c.3": "R_bar = -np.sum(I_bar * np.exp(Z), axis=1, keepdims=True)\n / R * * 2",
}
ON_ONE_LINE = "R_bar = -np.sum(I_bar * np.exp(Z), axis=1, keepdims=True) / R ** 2"
R_LINE = "R = np.sum(np.exp(Z), axis=1, keepdims=True)"
Z_BAR_LINE = "Z_bar = Y_bar * (np.exp(Z) / R) + R_bar * np.exp(Z)"
CODE_HOLDS = {"c.1": False, "c.2": True, "c.3": False, "c.4": True}


@pytest.fixture(autouse=True)
def digits():
    with mp.workdps(hp.DIGITS):
        yield


def difference(sides):
    """The largest difference, relative to the largest entry of either side."""
    left, right = (hp.exact(np.asarray(side)) for side in sides)
    assert left.shape == right.shape
    pairs = list(zip(left.ravel(), right.ravel(), strict=True))
    return float(max(abs(a - b) for a, b in pairs) / max(max(abs(a), abs(b)) for a, b in pairs))


def run(*lines, **names):
    scope = {"np": np, **names}
    exec(compile("\n".join(lines), "<scan>", "exec"), scope)
    return scope


@pytest.mark.parametrize("line", [x for x in scan_lines.LINES if x.holds], ids=lambda x: x.id)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_line_that_holds_has_equal_sides(line, seed):
    assert difference(line.sides(scan_lines.inputs(seed))) <= HOLDS_WITHIN


@pytest.mark.parametrize("line", [x for x in scan_lines.LINES if not x.holds], ids=lambda x: x.id)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_line_that_does_not_hold_has_different_sides_and_its_mended_form_equal_ones(line, seed):
    given = scan_lines.inputs(seed)
    assert difference(line.sides(given)) >= FAILS_BEYOND
    assert line.mended is not None
    assert difference(line.mended(given)) <= HOLDS_WITHIN


# What the document says besides -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_the_multiplier_n_over_k_is_not_that_of_the_optimum_either(seed):
    slope, count = scan_lines.at_the_optimum(scan_lines.inputs(seed))
    assert difference((slope, count)) <= HOLDS_WITHIN
    assert difference((slope, count / len(count))) >= FAILS_BEYOND


@pytest.mark.parametrize("seed", SEEDS)
def test_the_mean_of_the_gradient_weighted_by_pi_is_n_at_any_weights(seed):
    i = scan_lines.inputs(seed)
    weighted = (i.pi * scan_lines.slope_in_pi(i)).sum() / i.pi.sum()
    assert difference((weighted * i.pi.sum(), mp.mpf(len(i.X)))) <= HOLDS_WITHIN


def test_line_2_3_holds_only_for_a_single_component_of_weight_one():
    X, pi, mu, Sigma = map(hp.exact, drawn.mixture(1, sizes=(4, 2, 1)))
    assert pi.tolist() == [1]
    slope = hp.gradient(lambda p: hp.log_likelihood(X, p, mu, Sigma), pi)
    assert difference((slope, hp.responsibilities(X, pi, mu, Sigma).sum(axis=0))) <= HOLDS_WITHIN


def test_the_last_line_of_b_holds_where_its_first_factor_is_read_as_a_sum_sign():
    i = scan_lines.inputs(0)
    assert difference((scan_lines.slope_in_r(i.z), scan_lines.terms_of_r_bar(i.z).sum())) <= HOLDS_WITHIN


def test_residual_times_inverse_is_the_transposed_only_because_a_covariance_is_symmetric():
    rng = np.random.default_rng(0)
    residual, matrix = rng.normal(size=2), rng.normal(size=(2, 2))
    symmetric = matrix @ matrix.T
    np.testing.assert_allclose(residual @ np.linalg.inv(symmetric), np.linalg.inv(symmetric) @ residual, rtol=1e-10)
    assert not np.allclose(residual @ np.linalg.inv(matrix), np.linalg.inv(matrix) @ residual)


@pytest.mark.parametrize("line", AS_PRINTED)
def test_a_line_of_code_as_printed_is_no_python(line):
    with pytest.raises(SyntaxError):
        compile(AS_PRINTED[line], "<scan>", "exec")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_code_with_its_names_and_line_break_mended_is_right_on_ordinary_logits(seed):
    Z, Y_bar = drawn.logits(seed, (3, 4))
    with pytest.raises(NameError, match="I_bar"):
        run(R_LINE, ON_ONE_LINE, Z=Z, Y_bar=Y_bar)
    scope = run(R_LINE, ON_ONE_LINE.replace("I_bar", "Y_bar"), Z_BAR_LINE, Z=Z, Y_bar=Y_bar)
    exponential = np.array([[mp.exp(v) for v in row] for row in hp.exact(Z)], dtype=object)
    r = exponential.sum(axis=1, keepdims=True)
    r_bar = -(hp.exact(Y_bar) * exponential).sum(axis=1, keepdims=True) / r**2
    assert difference((scope["R"], r)) <= HOLDS_WITHIN
    assert difference((scope["R_bar"], r_bar)) <= HOLDS_WITHIN
    assert difference((scope["Z_bar"], hp.softmax_VJP(hp.exact(Z), hp.exact(Y_bar)))) <= HOLDS_WITHIN


@pytest.mark.parametrize("offset", [710.0, 1000.0, -1000.0])
def test_the_mended_code_is_nan_where_exp_overflows_or_every_term_underflows(offset):
    Z, Y_bar = drawn.logits(0, (3, 4), scale=0.1)
    with np.errstate(all="ignore"):
        scope = run(R_LINE, ON_ONE_LINE.replace("I_bar", "Y_bar"), Z_BAR_LINE, Z=Z + offset, Y_bar=Y_bar)
    assert np.isnan(scope["Z_bar"]).all()
    np.testing.assert_allclose(softmax_VJP(Z + offset, Y_bar), softmax_VJP(Z, Y_bar), rtol=1e-9, atol=1e-12)


def test_the_square_of_r_leaves_the_range_of_numbers_before_r_does():
    Z, Y_bar = drawn.logits(0, (3, 4), scale=0.1)
    lines = (R_LINE, ON_ONE_LINE.replace("I_bar", "Y_bar"), Z_BAR_LINE)
    with np.errstate(all="ignore"):
        large = run(*lines, Z=Z + 360.0, Y_bar=Y_bar)
        small = run(*lines, Z=Z - 380.0, Y_bar=Y_bar)
    assert np.isfinite(large["R"]).all()
    assert (large["R_bar"] == 0).all()
    assert np.isfinite(large["Z_bar"]).all()
    assert difference((large["Z_bar"], softmax_VJP(Z, Y_bar))) >= FAILS_BEYOND
    assert (small["R"] > 0).all()
    assert not np.isfinite(small["Z_bar"]).any()


# The document -------------------------------------------------------------------------------------------------------


def table():
    """Verdict by id, from the rows ``| id | line | yes or no | ... |``."""
    rows = re.findall(r"^\| ([12bc]\.\d+) \| .+? \| (yes|no) \|", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    assert len(rows) == len(dict(rows)), "an id stands in the table twice"
    return {identifier: verdict == "yes" for identifier, verdict in rows}


def test_the_table_of_the_document_says_what_the_tests_show():
    assert table() == {**{line.id: line.holds for line in scan_lines.LINES}, **CODE_HOLDS}


def test_every_line_that_does_not_hold_is_explained_under_a_heading_of_its_own():
    explained = re.findall(r"^### ([12bc]\.\d+)\b", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    assert explained == [identifier for identifier, holds in table().items() if not holds]


def test_the_numbers_of_the_example_in_the_document_are_right():
    X, pi = np.array([[0.5]]), np.array([0.25, 0.75])
    mu, Sigma = np.array([[0.0], [1.0]]), np.array([[[1.0]], [[2.0]]])
    r = forward.responsibilities(X, pi, mu, Sigma).sum(axis=0)
    text = DOCUMENT.read_text("utf-8")
    for numbers in (r, r / pi, r / pi - np.mean(r / pi), r - 1 / 2):
        assert "(" + ", ".join(f"{v:.4f}" for v in numbers) + ")" in text
