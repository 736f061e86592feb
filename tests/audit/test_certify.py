"""How far a trusted answer is from an enclosure of what it computes."""

import numpy as np
import pytest

from grader.audit.certify import _error

pytest.importorskip("flint")

from grader.audit.exact.arrays import exact

# Written so that its enclosure has a width: sqrt(2)^2 - 2 is 0, and no ball around it is a point.
ZERO = np.sqrt(exact(np.array([2.0]))) ** 2 - exact(np.array([2.0]))


def test_a_zero_that_is_due_is_met_by_zero_and_by_nothing_else():
    (ball,) = ZERO
    assert not ball.arb.is_exact()
    assert _error(0.0, ball) == 0
    assert _error(1e-40, ball) == pytest.approx(1e-40)


def test_a_number_is_at_most_so_far_from_its_enclosure():
    (ball,) = np.sqrt(exact(np.array([2.0])))
    assert 0 < _error(2**0.5, ball) < 2**-52
    assert _error(1.5, ball) == pytest.approx(1.5 - 2**0.5)
