"""The move that shows a wrong derivative is the most wrong one, stays in the domain, and tells the slope exactly."""

import numpy as np
import pytest

from grader.kit.moving import worst_move
from grader.model.checks import FiniteDifferenceCheck
from grader.numerics.tangent import Direction

SPD = np.array([[[2.0, 0.3], [0.3, 1.0]]])


class Point:
    """A function at a point, as `grader.truth.forward.ForwardPoint` has it."""

    def __init__(self, f, x):
        self.point, self._f, self.visited = x, f, []

    def along(self, direction: Direction):
        def at(t):
            self.visited.append(direction.at(t))
            return float(self._f(self.visited[-1]))

        return at


def check(domain):
    return FiniteDifferenceCheck(kind="finite_difference", points=1, forward="m:f", wrt="x", domain=domain)


def test_the_most_wrong_entry_is_shown_with_its_slope():
    x = np.array([1.0, -2.0, 0.5])
    answer = 3 * x**2 + np.array([0.0, 0.0, 1.5])
    moved = worst_move(Point(lambda v: np.sum(v**3), x), check("free"), answer)
    assert moved.says == "x[2] by +h"
    assert moved.slope == pytest.approx(0.75, rel=1e-8)
    assert moved.claimed == pytest.approx(2.25)


@pytest.mark.parametrize(
    ("domain", "x", "inside"),
    [
        ("positive", np.array([1e-6, 2.0]), lambda v: (v > 0).all()),
        ("simplex", np.array([1e-6, 0.4, 0.6 - 1e-6]), lambda v: (v > 0).all() and abs(v.sum() - 1) < 1e-12),
        ("spd", SPD, lambda v: np.array_equal(v, v.transpose(0, 2, 1)) and (np.linalg.eigvalsh(v) > 0).all()),
        ("lower_triangular", np.linalg.cholesky(SPD), lambda v: not np.triu(v, 1).any()),
    ],
)
def test_no_move_leaves_the_domain_and_each_tells_the_slope(domain, x, inside):
    weights = np.arange(1.0, x.size + 1).reshape(x.shape)
    point = Point(lambda v: np.sum(weights * v), x)
    moved = worst_move(point, check(domain), np.zeros(x.shape))
    assert all(inside(v) for v in point.visited)
    assert moved.claimed == 0.0
    # The largest weight; of the simplex the one farthest from the mean of the others, 2 * 0.4 + 3 * 0.6.
    found = {"positive": 2.0, "simplex": 1.6, "spd": 5.0, "lower_triangular": 4.0}[domain]
    assert abs(moved.slope) == pytest.approx(found, rel=1e-5)


def test_both_mirrored_entries_are_named_for_a_symmetric_matrix():
    moved = worst_move(Point(lambda v: v[0, 0, 1] + v[0, 1, 0], SPD), check("spd"), np.zeros(SPD.shape))
    assert moved.says == "x[0, 1, 0] and x[0, 0, 1] by +h"
    assert moved.slope == pytest.approx(2.0)


def test_a_number_moves_as_a_whole():
    moved = worst_move(Point(lambda v: v**2, np.float64(3.0)), check("free"), np.float64(1.0))
    assert (moved.says, moved.claimed) == ("x by +h", 1.0)
    assert moved.slope == pytest.approx(6.0)


def test_a_function_that_is_nowhere_finite_shows_no_move():
    assert worst_move(Point(lambda v: np.nan, np.ones(2)), check("free"), np.ones(2)) is None


def test_a_single_weight_that_cannot_move_shows_no_slope_but_zero():
    moved = worst_move(Point(lambda v: np.sum(v**2), np.array([1.0])), check("simplex"), np.array([5.0]))
    assert moved is None or moved.slope == moved.claimed == 0.0
