import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.numerics import tangent
from grader.numerics.tangent import directions

SEEDS = st.integers(0, 2**32)


def factor(size, rng):
    return np.tril(rng.normal(size=(3, size, size)), -1) + np.eye(size) * rng.uniform(0.1, 2, size)


def point_of(domain, rng):
    match domain:
        case "free":
            return rng.normal(size=(3, 2)) * 100
        case "positive":
            return np.exp(rng.normal(size=5) * 5)
        case "simplex":
            return rng.dirichlet(np.ones(4), size=3) * 0.999 + 0.00025
        case "spd":
            L = factor(3, rng)
            A = L @ np.swapaxes(L, 1, 2)
            return (A + np.swapaxes(A, 1, 2)) / 2
        case "lower_triangular":
            return factor(3, rng)


def is_inside(x, domain, start):
    match domain:
        case "free":
            return np.isfinite(x).all()
        case "positive":
            return (x > 0).all()
        case "simplex":
            return (x > 0).all() and np.allclose(x.sum(-1), start.sum(-1), rtol=1e-15, atol=0)
        case "spd":
            return np.array_equal(x, np.swapaxes(x, 1, 2)) and (np.linalg.eigvalsh(x) > 0).all()
        case "lower_triangular":
            return not np.triu(x, 1).any() and (np.diagonal(x, axis1=1, axis2=2) > 0).all()


DOMAINS = ["free", "positive", "simplex", "spd", "lower_triangular"]


@pytest.mark.parametrize("domain", DOMAINS)
@given(SEEDS, st.integers(1, 6))
def test_curves_start_at_the_point_and_stay_in_the_domain(domain, seed, count):
    rng = np.random.default_rng(seed)
    x = point_of(domain, rng)
    found = directions(x, domain, count, rng)
    assert len(found) == count
    for direction in found:
        assert np.allclose(direction.at(0.0), x, rtol=1e-15, atol=0)
        assert direction.tangent.shape == x.shape
        assert direction.tangent.any()
        assert not direction.tangent.flags.writeable
        for t in (-0.99, -0.25, 1e-6, 0.25, 0.99):
            assert is_inside(direction.at(t), domain, x)


@pytest.mark.parametrize("domain", DOMAINS)
@given(SEEDS)
def test_the_tangent_is_the_derivative_of_the_curve(domain, seed):
    rng = np.random.default_rng(seed)
    x = point_of(domain, rng)
    size = np.abs(x).max()
    for direction in directions(x, domain, 4, rng):
        h = 1e-5
        difference = (direction.at(h) - direction.at(-h)) / (2 * h)
        assert np.abs(difference - direction.tangent).max() < 1e-9 * size


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("count", [2, 3, 4, 9])
def test_every_coordinate_moves_in_a_dense_direction_and_in_one_of_few_coordinates(domain, count):
    rng = np.random.default_rng(0)
    x = point_of(domain, rng)
    found = directions(x, domain, count, rng)
    dense = np.abs(found[0].tangent) > 0
    sparse = sum(np.abs(direction.tangent) > 0 for direction in found[1::2])
    free = np.broadcast_to(np.tri(3, dtype=bool), x.shape) if domain == "lower_triangular" else np.ones(x.shape, bool)
    assert np.array_equal(dense, free)
    assert ((sparse > 0) >= free).all()


def test_runs_of_neighbours_isolate_blocks():
    x = np.array([[1e6, 1e6], [1e-6, 1e-6]])
    found = directions(x, "positive", 4, np.random.default_rng(0))
    moved = [np.abs(direction.tangent).any(axis=1).tolist() for direction in found]
    assert moved == [[True, True], [True, False], [True, True], [False, True]]


def test_directions_have_both_signs():
    moved = directions(np.ones(200), "free", 1, np.random.default_rng(0))[0].tangent
    assert 60 < (moved > 0).sum() < 140


def test_a_free_step_is_of_the_size_of_the_point():
    def largest(x):
        return np.abs(directions(np.array(x), "free", 1, np.random.default_rng(0))[0].tangent).max()

    assert 2.5e5 < largest([1e6, -1e6]) < 1e6
    assert 2.5e-181 < largest([1e-180, 1e-180]) < 1.01e-180
    assert 2.5e199 < largest([1e200, 1e200]) < 1.01e200
    assert 0.25 < largest([0.0, 0.0]) < 1
    assert largest(2.0) > 0.5


def test_a_float32_point_of_the_simplex_keeps_its_own_sum():
    x = np.array([0.1, 0.2, 0.7], dtype=np.float32)
    direction = directions(x, "simplex", 1, np.random.default_rng(0))[0]
    assert direction.at(0.0).sum() == x.astype(np.float64).sum()
    assert abs(direction.tangent.sum()) < 1e-16


def test_the_same_generator_gives_the_same_directions():
    one, two = (directions(np.ones(3), "free", 2, np.random.default_rng(7))[1].tangent for _ in range(2))
    assert np.array_equal(one, two)


def test_a_single_class_has_nowhere_to_go():
    assert directions(np.ones(1), "simplex", 1, np.random.default_rng(0))[0].tangent.tolist() == [0.0]


@pytest.mark.parametrize(
    ("point", "domain"),
    [
        ([1.0, 0.0], "positive"),
        ([0.5, 0.6], "simplex"),
        ([1.0, 0.0], "simplex"),
        (1.0, "simplex"),
        ([[1.0, 0.5], [0.4, 1.0]], "spd"),
        ([[1.0, 2.0], [2.0, 1.0]], "spd"),
        ([[1.0, 2.0]], "spd"),
        ([1.0, 2.0], "lower_triangular"),
        ([[1.0, 2.0], [2.0, 1.0]], "lower_triangular"),
        ([[1.0, 0.0], [2.0, 0.0]], "lower_triangular"),
    ],
)
def test_a_point_outside_the_domain_is_refused(point, domain):
    with pytest.raises(ValueError, match=f"not in the domain '{domain}'"):
        directions(np.array(point), domain, 1, np.random.default_rng(0))


@pytest.mark.parametrize("point", [np.zeros((0, 2)), np.array([np.nan]), np.array([np.inf])])
def test_a_point_without_numbers_is_refused(point):
    with pytest.raises(ValueError, match="empty or not finite"):
        directions(point, "free", 1, np.random.default_rng(0))


def test_at_least_one_direction_is_asked_for():
    with pytest.raises(ValueError, match="at least 1 direction"):
        directions(np.ones(1), "free", 0, np.random.default_rng(0))


def test_a_domain_that_is_not_known_is_refused():
    with pytest.raises(AssertionError):
        directions(np.ones(1), "torus", 1, np.random.default_rng(0))
    with pytest.raises(AssertionError):
        tangent._direction(np.ones(1), "torus", np.ones(1))
