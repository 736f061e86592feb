"""What the trusted folder promises to whoever loads it: relative imports, numpy only, taps that touch nothing."""

import ast
import importlib
import importlib.util
import inspect
import sys
from pathlib import Path

import numpy as np
import pytest

from reference.gmm import answers, extended_answers, forward
from reference.gmm.triangular import cholesky_factor, solve_lower, solve_lower_transposed
from reference.precision import widened
from reference.softmax import answers as softmax_answers
from reference.softmax import forward as softmax_forward
from reference.softmax import samplers
from reference.tap import untapped
from tests.reference import drawn, other_ways

FOLDER = Path(__file__).parents[2] / "reference"
FILES = sorted(FOLDER.rglob("*.py"))
ANSWERS = [
    answers.grad_mu,
    answers.grad_pi,
    answers.grad_pi_constrained,
    extended_answers.grad_Sigma,
    extended_answers.grad_logits,
    extended_answers.grad_cholesky,
    softmax_answers.softmax_backward,
    softmax_answers.softmax_VJP,
]
EACH = pytest.mark.parametrize("answer", ANSWERS, ids=[a.__name__ for a in ANSWERS])


def arguments(answer, seed=1):
    names = tuple(inspect.signature(answer).parameters)
    if names[0] == "z":
        return drawn.logits(seed, (4,))
    if names[0] == "Z":
        return drawn.logits(seed, (3, 4))
    X, pi, mu, Sigma = drawn.mixture(seed)
    return (X, pi, mu, np.linalg.cholesky(Sigma)) if names[3] == "L" else (X, pi, mu, Sigma)


def parts(returned):
    return [np.asarray(v) for v in (returned if isinstance(returned, tuple) else (returned,))]


def imports(path):
    """(level, module) of every import of a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from (
                [(node.level, node.module)] if node.module else [(node.level, alias.name) for alias in node.names]
            )


@pytest.mark.parametrize("path", FILES, ids=[str(p.relative_to(FOLDER)) for p in FILES])
def test_a_trusted_module_imports_numpy_the_standard_library_and_its_own_folder_relatively(path):
    absolute = {module.split(".")[0] for level, module in imports(path) if level == 0}
    assert absolute <= {"numpy", "collections", "dataclasses", "typing"}


@pytest.mark.parametrize("package", ["gmm", "softmax"])
def test_a_forward_model_holds_no_answer_and_imports_none(package):
    reached, due = set(), [FOLDER / package / "forward.py"]
    while due:
        path = due.pop()
        reached.add(path.name)
        for level, module in imports(path):
            near = (path.parent if level == 1 else path.parent.parent) / f"{module.replace('.', '/')}.py"
            if level and near.name not in reached:
                due.append(near)
    assert reached <= {"forward.py", "triangular.py", "tap.py", "precision.py"}
    loaded = importlib.import_module(f"reference.{package}.forward")
    assert not [name for name in vars(loaded) if name.startswith(("grad_", "softmax_"))]


@pytest.mark.parametrize("path", [p for p in FILES if p.name == "__init__.py"], ids=lambda p: p.parent.name)
def test_a_package_file_imports_nothing(path):
    assert list(imports(path)) == []


def test_the_folder_can_be_loaded_by_path_under_another_name():
    name = "_a_private_name"
    spec = importlib.util.spec_from_file_location(
        name, FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
    )
    sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(sys.modules[name])
        private = importlib.import_module(f"{name}.gmm.answers")
        given = drawn.mixture(2)
        assert (private.grad_mu(*given) == answers.grad_mu(*given)).all()
        assert private.grad_mu is not answers.grad_mu
    finally:
        for module in [m for m in sys.modules if m == name or m.startswith(f"{name}.")]:
            del sys.modules[module]


# Taps ----------------------------------------------------------------------------------------------------------------


@EACH
def test_the_tap_is_keyword_only_and_touches_nothing_by_default(answer):
    parameter = inspect.signature(answer).parameters["tap"]
    assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
    assert parameter.default is untapped
    value = np.ones(3)
    assert untapped("any", value) is value
    given = arguments(answer)
    seen = []

    def watching(name, array):
        seen.append(name)
        return array

    watched = parts(answer(*given, tap=watching))
    assert seen
    assert all((a == b).all() for a, b in zip(parts(answer(*given)), watched, strict=True))


@EACH
def test_every_tapped_value_is_an_array_that_the_answer_depends_on(answer):
    given = arguments(answer)
    names = []
    answer(*given, tap=lambda name, array: names.append(name) or array)
    assert len(names) >= 4
    plain = parts(answer(*given))
    unmoved = []
    for name in set(names):
        rng = np.random.default_rng(0)

        def push(tapped, array, name=name, rng=rng):
            assert isinstance(array, np.ndarray)
            return array * (1 + 1e-6 * rng.uniform(-1, 1, size=array.shape)) if tapped == name else array

        moved = parts(answer(*given, tap=push))
        assert all(m.shape == p.shape for m, p in zip(moved, plain, strict=True))
        if all(np.max(abs(m - p)) < 1e-9 * np.max(abs(p)) for m, p in zip(moved, plain, strict=True)):
            unmoved.append(name)
    # Both branches of the posterior are tapped; an answer that needs one only does not feel the other.
    assert set(unmoved) <= {"responsibility", "density_ratio"}
    assert len(unmoved) <= 1


@pytest.mark.parametrize("seed", range(3))
def test_taps_allow_what_an_expanded_square_rounds_far_from_the_origin(seed):
    X, pi, mu, Sigma = drawn.mixture(seed)
    arguments = (X + 1000.0, pi, mu + 1000.0, Sigma)
    expanded = other_ways.grad_pi(other_ways.by_expanded_square, *arguments)
    (allowed,) = drawn.unit(answers.grad_pi, arguments)
    assert drawn.ratio(expanded, answers.grad_pi(*arguments), allowed) <= 8


# Edges of the domain -------------------------------------------------------------------------------------------------


@EACH
def test_complex_inputs_are_refused(answer):
    first, *others = arguments(answer)
    with pytest.raises(TypeError, match="real numbers are needed, not complex128"):
        answer(first + 0j, *others)


def test_widening_keeps_long_double_and_takes_whole_numbers():
    whole, wide = widened(np.array([1, 2]), np.array([0.5], dtype=np.longdouble))
    assert whole.dtype == wide.dtype == np.longdouble
    (single,) = widened(np.array([0.5], dtype=np.float32))
    assert single.dtype == np.float64
    with pytest.raises(TypeError, match="real numbers are needed"):
        widened(np.array([None]))


def test_a_covariance_that_is_not_positive_definite_gives_nan_and_leaves_the_other_components():
    X, pi, mu, Sigma = drawn.mixture(4)
    indefinite = Sigma.copy()
    indefinite[1] = -indefinite[1]
    assert np.isnan(forward.log_likelihood(X, pi, mu, indefinite))
    log_density = forward.log_densities(X, mu, indefinite)
    assert np.isnan(log_density[:, 1]).all()
    assert (np.delete(log_density, 1, axis=1) == np.delete(forward.log_densities(X, mu, Sigma), 1, axis=1)).all()


def test_a_negative_weight_gives_nan_and_a_weight_of_zero_has_a_gradient():
    X, pi, mu, Sigma = drawn.mixture(4)
    assert np.isnan(forward.log_likelihood(X, pi * [1, -1, 1], mu, Sigma))
    without = np.array([0.0, 0.4, 0.6])
    nearly = np.array([1e-14, 0.4, 0.6])
    assert (forward.responsibilities(X, without, mu, Sigma)[:, 0] == 0).all()
    due = answers.grad_pi(X, nearly, mu, Sigma)
    np.testing.assert_allclose(answers.grad_pi(X, without, mu, Sigma), due, rtol=1e-11)


def test_the_weights_are_not_normalised_by_the_forward_model():
    X, pi, mu, Sigma = drawn.mixture(4)
    doubled = forward.log_likelihood(X, 2 * pi, mu, Sigma) - forward.log_likelihood(X, pi, mu, Sigma)
    assert doubled == pytest.approx(len(X) * np.log(2), rel=1e-12)


@pytest.mark.parametrize("offset", [300.0, -300.0])
def test_mixture_gradients_stay_finite_where_every_density_underflows(offset):
    X, pi, mu, Sigma = drawn.mixture(6)
    far = X + offset
    assert (np.exp(forward.log_densities(far, mu, Sigma)) == 0).all()
    for answer in ANSWERS[:4]:
        assert np.isfinite(answer(far, pi, mu, Sigma)).all()
    r = forward.responsibilities(far, pi, mu, Sigma)
    np.testing.assert_allclose(r.sum(axis=1), 1.0, rtol=1e-9)


def test_softmax_answers_stay_finite_on_logits_of_a_thousand():
    Z, Y_bar = drawn.logits(2, (4, 5))
    for offset in (1000.0, -1000.0):
        assert np.isfinite(softmax_answers.softmax_VJP(Z + offset, Y_bar)).all()
        np.testing.assert_allclose(softmax_forward.softmax(Z + offset).sum(axis=1), 1.0, rtol=1e-14)


def test_rows_far_apart_alternate_around_plus_and_minus_a_thousand():
    rows = samplers.rows_far_apart(np.random.default_rng(0), (5, 4))
    assert rows.shape == (5, 4)
    assert (abs(rows[::2] - 1000) < 10).all()
    assert (abs(rows[1::2] + 1000) < 10).all()
    # Whoever shifts by the one maximum of all entries has 0/0 in every other row.
    shifted = np.exp(rows - rows.max())
    assert (shifted[1::2].sum(axis=1) == 0).all()


# Triangular algebra --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float64, np.longdouble])
def test_cholesky_factor_and_solves_undo_the_product(dtype):
    rng = np.random.default_rng(1)
    A = np.array([drawn.spd(rng, 4, 1e3, 0.5) for _ in range(3)]).astype(dtype)
    L = cholesky_factor(A)
    assert L.dtype == dtype
    assert (np.triu(L, 1) == 0).all()
    tight = 100 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(L @ np.swapaxes(L, -1, -2), A, rtol=tight, atol=tight * 500)
    b = rng.normal(size=(5, 3, 4)).astype(dtype)
    back = np.einsum("kij,nkj->nki", L, solve_lower(L, b))
    np.testing.assert_allclose(back, b, rtol=tight, atol=tight * 500)
    back = np.einsum("kji,nkj->nki", L, solve_lower_transposed(L, b))
    np.testing.assert_allclose(back, b, rtol=tight, atol=tight * 500)


def test_a_factor_too_ill_conditioned_to_be_squared_still_has_a_gradient():
    X, pi, mu, _ = drawn.mixture(4)
    L = np.array([[[1e3, 0.0], [1e3, 1e-6]]] * 3)
    product = L[0] @ L[0].T
    assert np.isnan(cholesky_factor(product)).any()
    assert np.isfinite(extended_answers.grad_cholesky(X, pi, mu, L)).all()
