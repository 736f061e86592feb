"""Every trusted answer against its definition and against finite differences, both in 80 digits."""

from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np
import pytest

from reference.gmm import answers, extended_answers, forward
from reference.softmax import answers as softmax_answers
from reference.softmax import forward as softmax_forward
from tests.reference import drawn
from tests.reference import high_precision as hp

# Random walks of rounding errors stay within a few units; 8 is what the grader itself calls agreement.
UNITS = 8.0
SIZES = [(5, 2, 3), (1, 1, 1), (4, 3, 2), (6, 1, 3)]
CONDITIONS = [1.0, 1e4, 1e8]
WEIGHTED = [answers.grad_mu, answers.grad_pi, answers.grad_pi_constrained, extended_answers.grad_Sigma]


@pytest.fixture(autouse=True)
def digits():
    with mp.workdps(hp.DIGITS):
        yield


def _by_logits(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    X, pi, mu, Sigma = arguments
    return X, (2 * np.log(pi.astype(np.float64)) + 1).astype(pi.dtype), mu, Sigma


def _by_factors(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    X, pi, mu, Sigma = arguments
    return X, pi, mu, np.linalg.cholesky(Sigma.astype(np.float64)).astype(Sigma.dtype)


MIXTURES: list[tuple[Callable[..., Any], Callable[..., Any]]] = [
    *((answer, lambda arguments: arguments) for answer in WEIGHTED),
    (extended_answers.grad_logits, _by_logits),
    (extended_answers.grad_cholesky, _by_factors),
]
NAMES = [answer.__name__ for answer, _ in MIXTURES]


# A float32 matrix of condition 1e8 need not be positive definite.
@pytest.mark.parametrize(
    ("condition", "dtype"), [*((c, "float64") for c in CONDITIONS), (1.0, "float32"), (1e4, "float32")]
)
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize(("answer", "parameters"), MIXTURES, ids=NAMES)
def test_mixture_gradient_equals_its_definition_within_its_conditioning(answer, parameters, sizes, condition, dtype):
    for seed in range(3):
        arguments = parameters(drawn.mixture(seed, sizes=sizes, condition=condition, dtype=dtype))
        expected = getattr(hp, answer.__name__)(*map(hp.exact, arguments))
        actual = answer(*arguments)
        assert actual.dtype == np.float64
        # The difference is taken in 80 digits: the rounding of the expected value is no error of the answer.
        error = hp.rounded(abs(hp.exact(actual) - expected))
        (allowed,) = drawn.unit(answer, arguments)
        assert drawn.ratio(error, np.zeros_like(error), allowed) <= UNITS


@pytest.mark.parametrize("condition", [8.0, 1e6])
@pytest.mark.parametrize("seed", range(3))
def test_gradients_of_independent_entries_are_the_finite_differences_of_the_definition(seed, condition):
    X, pi, mu, Sigma = map(hp.exact, drawn.mixture(seed, sizes=(4, 2, 3), condition=condition))
    logits = hp.exact(np.array([0.5, -1.0, 0.25]))
    in_mu = hp.gradient(lambda m: hp.log_likelihood(X, pi, m, Sigma), mu)
    in_pi = hp.gradient(lambda p: hp.log_likelihood(X, p, mu, Sigma), pi)
    in_logits = hp.gradient(lambda a: hp.log_likelihood(X, hp.weights(a), mu, Sigma), logits)
    floats = [hp.rounded(a) for a in (X, pi, mu, Sigma)]
    for answer, arguments, slope in [
        (answers.grad_mu, floats, in_mu),
        (answers.grad_pi, floats, in_pi),
        (extended_answers.grad_logits, [floats[0], hp.rounded(logits), *floats[2:]], in_logits),
    ]:
        (allowed,) = drawn.unit(answer, tuple(arguments))
        assert drawn.ratio(answer(*arguments), hp.rounded(slope), allowed) <= UNITS


@pytest.mark.parametrize("seed", range(3))
def test_constrained_gradient_is_the_slope_along_the_simplex_and_has_no_part_across_it(seed):
    X, pi, mu, Sigma = map(hp.exact, drawn.mixture(seed, sizes=(4, 2, 3)))
    tangents = [hp.exact(np.array(t)) for t in ([1.0, -1.0, 0.0], [0.0, 1.0, -1.0])]
    slopes = hp.central_differences(lambda p: hp.log_likelihood(X, p, mu, Sigma), pi, tangents)
    floats = tuple(hp.rounded(a) for a in (X, pi, mu, Sigma))
    actual = answers.grad_pi_constrained(*floats)
    (allowed,) = drawn.unit(answers.grad_pi_constrained, floats)
    along = [float(np.sum(hp.exact(actual) * t)) for t in tangents]
    assert drawn.ratio(np.array(along), hp.rounded(slopes), 2 * allowed.max()) <= UNITS
    assert abs(actual.sum()) <= UNITS * allowed.sum()


@pytest.mark.parametrize("seed", range(3))
def test_covariance_gradient_is_the_slope_along_symmetric_directions(seed):
    X, pi, mu, Sigma = map(hp.exact, drawn.mixture(seed, sizes=(4, 3, 2), condition=50.0))
    directions = [D + np.swapaxes(D, -1, -2) for D in hp.unit_directions(Sigma.shape)]
    slopes = hp.central_differences(lambda S: hp.log_likelihood(X, pi, mu, S), Sigma, directions)
    floats = tuple(hp.rounded(a) for a in (X, pi, mu, Sigma))
    actual = extended_answers.grad_Sigma(*floats)
    assert (actual == np.swapaxes(actual, -1, -2)).all()
    (allowed,) = drawn.unit(extended_answers.grad_Sigma, floats)
    along = np.array([float(np.sum(actual * D)) for D in directions])
    assert drawn.ratio(along, hp.rounded(slopes), 2 * allowed.max()) <= UNITS


@pytest.mark.parametrize("seed", range(3))
def test_cholesky_gradient_is_the_slope_in_the_lower_triangle_and_zero_above(seed):
    X, pi, mu, Sigma = drawn.mixture(seed, sizes=(4, 3, 2), condition=50.0)
    L = np.linalg.cholesky(Sigma)
    slopes = hp.gradient(
        lambda F: hp.log_likelihood(hp.exact(X), hp.exact(pi), hp.exact(mu), hp.covariances(F)), hp.exact(L)
    )
    actual = extended_answers.grad_cholesky(X, pi, mu, L)
    assert (np.triu(actual, 1) == 0).all()
    (allowed,) = drawn.unit(extended_answers.grad_cholesky, (X, pi, mu, L))
    assert drawn.ratio(actual, np.tril(hp.rounded(slopes)), allowed) <= UNITS


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("scale", [1.0, 10.0, 300.0])
@pytest.mark.parametrize("shape", [(4, 3), (1, 1), (3, 8)])
def test_softmax_vjp_equals_its_definition_within_its_conditioning(shape, scale, dtype):
    for seed in range(3):
        arguments = drawn.logits(seed, shape, scale=scale, dtype=dtype)
        actual = softmax_answers.softmax_VJP(*arguments)
        assert actual.dtype == np.float64
        error = hp.rounded(abs(hp.exact(actual) - hp.softmax_VJP(*map(hp.exact, arguments))))
        (allowed,) = drawn.unit(softmax_answers.softmax_VJP, arguments)
        # What underflows is lost to one subnormal step a term, which no relative unit covers.
        assert drawn.ratio(error, np.zeros_like(error), allowed + 2.0**-1070) <= UNITS


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("scale", "offset"), [(1.0, 0.0), (10.0, 0.0), (1.0, 600.0), (1.0, -600.0)])
@pytest.mark.parametrize("size", [1, 2, 7])
def test_softmax_backward_equals_its_definition_within_its_conditioning(size, scale, offset, dtype):
    for seed in range(3):
        z, y_bar = drawn.logits(seed, (size,), scale=scale, dtype=dtype)
        arguments = (z + np.dtype(dtype).type(offset), y_bar)
        actual = softmax_answers.softmax_backward(*arguments)
        expected = hp.softmax_backward(*map(hp.exact, arguments))
        units = drawn.unit(softmax_answers.softmax_backward, arguments, blocks=0)
        for value, due, allowed in zip(actual, expected, units, strict=True):
            error = hp.rounded(abs(hp.exact(value) - due))
            assert drawn.ratio(error, np.zeros_like(error), allowed) <= UNITS


@pytest.mark.parametrize("seed", range(3))
def test_softmax_cotangents_are_finite_differences_of_the_graph(seed):
    z, y_bar = drawn.logits(seed, (4,))
    actual = softmax_answers.softmax_backward(z, y_bar)
    exact_z, exact_y_bar = hp.exact(z), hp.exact(y_bar)
    exponential = np.array([mp.exp(v) for v in exact_z], dtype=object)
    in_r = hp.gradient(lambda r: (exact_y_bar * exponential / r).sum(), np.asarray(exponential.sum(), dtype=object))
    in_z = hp.gradient(lambda v: (exact_y_bar * hp.softmax(v)).sum(), exact_z)
    units = drawn.unit(softmax_answers.softmax_backward, (z, y_bar), blocks=0)
    for value, slope, allowed in zip(actual, (in_r, in_z), units, strict=True):
        assert drawn.ratio(value, hp.rounded(slope), allowed) <= UNITS


@pytest.mark.parametrize("seed", range(3))
def test_softmax_vjp_is_the_finite_difference_of_softmax_contracted_with_the_cotangent(seed):
    Z, Y_bar = drawn.logits(seed, (3, 4))
    slopes = hp.gradient(lambda V: (hp.exact(Y_bar) * hp.softmax(V)).sum(), hp.exact(Z))
    (allowed,) = drawn.unit(softmax_answers.softmax_VJP, (Z, Y_bar))
    assert drawn.ratio(softmax_answers.softmax_VJP(Z, Y_bar), hp.rounded(slopes), allowed) <= UNITS


@pytest.mark.parametrize("condition", CONDITIONS)
def test_forward_model_equals_its_definition(condition):
    X, pi, mu, Sigma = drawn.mixture(3, condition=condition)
    exact = [hp.exact(a) for a in (X, pi, mu, Sigma)]
    # A log-density is as uncertain as its quadratic form: condition * u, relative, at most.
    rtol = 64 * 2.0**-53 * max(condition, 8.0)
    log_density = np.array([[mp.log(v) for v in row] for row in hp.densities(exact[0], exact[2], exact[3])])
    np.testing.assert_allclose(forward.log_densities(X, mu, Sigma), hp.rounded(log_density), rtol=rtol)
    r = hp.rounded(hp.responsibilities(*exact))
    np.testing.assert_allclose(forward.responsibilities(X, pi, mu, Sigma), r, rtol=8 * rtol, atol=rtol)
    due = float(hp.log_likelihood(*exact))
    assert float(forward.log_likelihood(X, pi, mu, Sigma)) == pytest.approx(due, rel=rtol)
    by_factor = forward.log_likelihood_from_cholesky(X, pi, mu, np.linalg.cholesky(Sigma))
    assert float(by_factor) == pytest.approx(due, rel=rtol)
    by_logits = forward.log_likelihood_from_logits(X, np.log(pi) + 800.0, mu, Sigma)
    assert float(by_logits) == pytest.approx(due, rel=rtol + 1e-12)


def test_softmax_forward_is_its_graph():
    z, y_bar = drawn.logits(5, (6,))
    r = softmax_forward.normaliser(z, y_bar)
    assert float(r) == pytest.approx(float(sum(mp.exp(v) for v in hp.exact(z))), rel=1e-15)
    np.testing.assert_allclose(softmax_forward.softmax(z), hp.rounded(hp.softmax(hp.exact(z))), rtol=1e-15)
    whole = softmax_forward.outputs_given_normaliser(z, np.asarray(r))
    np.testing.assert_allclose(whole, softmax_forward.softmax(z), rtol=1e-14)
    doubled = softmax_forward.outputs_given_normaliser(z, np.asarray(2 * r))
    np.testing.assert_allclose(2 * doubled, whole, rtol=1e-15)
