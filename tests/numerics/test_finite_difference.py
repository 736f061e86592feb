import importlib.util
import math
from pathlib import Path

import mpmath
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.numerics import finite_difference
from grader.numerics.finite_difference import (
    central_difference,
    derivative,
    directional,
    forward_difference,
    richardson,
)
from grader.numerics.tangent import directions

# Orders of accuracy


def slope_of_error(scheme, steps):
    errors = [abs(scheme(lambda t: math.exp(t) * math.cos(t - 0.3), h) - TRUTH) for h in steps]
    return np.polyfit(np.log(steps), np.log(errors), 1)[0]


TRUTH = math.cos(0.3) + math.sin(0.3)


def test_forward_difference_error_falls_with_h():
    assert slope_of_error(forward_difference, [1e-2, 1e-3, 1e-4, 1e-5]) == pytest.approx(1, abs=0.02)


def test_central_difference_error_falls_with_h_squared():
    assert slope_of_error(central_difference, [1e-1, 1e-2, 1e-3]) == pytest.approx(2, abs=0.02)


@pytest.mark.parametrize(
    ("levels", "steps"), [(1, [0.1, 0.03, 0.01]), (2, [0.4, 0.2, 0.1]), (3, [0.8, 0.4, 0.2]), (4, [1.6, 0.8, 0.4])]
)
def test_richardson_error_falls_with_h_to_twice_the_levels(levels, steps):
    def scheme(f, h):
        return richardson(f, h, levels)

    assert slope_of_error(scheme, steps) == pytest.approx(2 * levels, abs=0.3)


def test_richardson_is_exact_for_polynomials_below_its_order():
    def quintic(t):
        return 3 + 2 * t - t**2 + 5 * t**3 + t**4 - 7 * t**5

    assert richardson(quintic, 0.5, 3) == pytest.approx(2, abs=1e-13)
    assert abs(richardson(quintic, 0.5, 2) - 2) > 1e-2


# The estimate


def load_benchmark():
    path = Path(__file__).parents[2] / "benchmarks" / "derivatives.py"
    spec = importlib.util.spec_from_file_location("benchmark_of_derivatives", path)
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


def test_the_estimate_covers_the_error_in_995_of_1000_cases():
    benchmark = load_benchmark()
    mpmath.mp.dps = 50
    covered, sharp, count = 0, 0, 4000
    for sample in benchmark.samples(count, np.random.default_rng(benchmark.SEED)):
        found = derivative(sample.f, scale=sample.scale)
        error = float(abs(mpmath.mpf(found.value) - sample.truth))
        covered += error <= found.error
        sharp += found.error <= 1e-6 * abs(float(sample.truth))
    assert covered >= 0.995 * count
    assert sharp >= 0.5 * count  # an estimate of infinity would cover everything


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
def test_a_smooth_function_is_differenced_to_nearly_full_precision_at_any_scale(scale):
    found = derivative(lambda t: math.exp(t / scale), scale=scale)
    assert found.value * scale == pytest.approx(1, abs=1e-12)
    assert found.error * scale < 1e-11
    assert found.evaluations < 45
    assert 1e-17 < found.noise < 1e-15


def test_a_linear_and_a_constant_function_are_exact():
    linear = derivative(lambda t: 3 * t + 1)
    assert linear.value == pytest.approx(3, abs=1e-13)
    assert linear.error < 1e-12
    constant = derivative(lambda t: 7.0)
    assert constant.value == 0
    assert constant.error < 1e-12
    zero = derivative(lambda t: 0.0)
    assert (zero.value, zero.noise) == (0, 0)
    assert zero.error == 0


@given(st.floats(-1, 1), st.floats(0.001, 1000))
@example(1.0, 1.0)
def test_values_rounded_to_float32_are_known_to_be_noisy(shift, slope):
    def f(t):
        return float(np.float32(2 + math.sin(slope * t + shift)))

    found = derivative(f, scale=1 / slope)
    assert found.noise > 0.2 * 2.0**-24  # the quantum of numbers from 1 to 4 is 2**-23 or 2**-22
    assert abs(found.value - slope * math.cos(shift)) <= 1.5 * found.error
    assert found.error < 1e-2 * slope


def test_coarse_rounding_shows_in_the_quantum_of_nearly_flat_values():
    assert derivative(lambda t: float(np.float32(2.5 + 1e-3 * t))).noise > 0.2 * 2.0**-22


def test_the_curvature_of_a_nearly_flat_function_is_not_taken_for_noise():
    assert derivative(lambda t: 1 + 1e-4 * t**3).noise < 1e-15


def test_noise_grows_with_the_values_that_are_differenced():
    bases = np.linspace(0.2, 0.5, 100)
    for base in bases:
        found = derivative(lambda t, base=base: (base + 10 * t) ** 5)
        truth = 50 * base**4
        assert abs(found.value - truth) <= found.error
        assert found.error < 1e-6 * truth


def test_the_estimate_covers_the_error_of_a_logarithm_at_any_distance_from_its_border():
    # Near its zero, a logarithm's noise is that of its argument, and larger than its own size suggests.
    for exponent in np.random.default_rng(0).uniform(-1, 1, 400):
        distance = 10.0**exponent
        found = derivative(lambda t, distance=distance: math.log(t + distance), scale=min(1.0, distance))
        assert abs(found.value - 1 / distance) <= found.error < 1e-6 / distance


def test_noise_is_relative_to_the_values_unless_the_middle_is_near_a_zero():
    def noise(size, middle):
        return finite_difference._noise_at(np.array([size]), middle, 1e-8)[0]

    assert noise(4.0, 1.0) == pytest.approx(4e-8)
    assert noise(0.1, 1.0) == 1e-8
    assert noise(4.0, 1e-9) == 1e-8
    assert noise(1e12, 1e-9) == 1e12 * 2.0**-53


def test_fine_differences_that_jump_by_more_than_their_rounding_raise_it():
    even, jumping = np.ones(8), np.array([1, 1, 1, 1, 1, 1.5, 0.5, 1.5])
    rounding = np.full(8, 0.01)

    def surprise(column):
        return finite_difference._surprise([column, column[1:], column[2:]], rounding)

    assert surprise(even) == 1
    assert surprise(jumping) == pytest.approx(1 / 0.02)
    # A jump that extrapolation takes away is truncation, not rounding.
    assert finite_difference._surprise([jumping, even[1:], even[2:]], rounding) == 1


def test_random_noise_is_measured():
    rng = np.random.default_rng(0)
    found = derivative(lambda t: math.exp(t) + 1e-8 * rng.normal())
    assert 0.3e-8 < found.noise < 5e-8
    assert abs(found.value - 1) <= found.error < 1e-5


def test_a_kink_is_not_differentiable_and_is_not_called_so():
    assert derivative(abs).error >= 1
    tilted = derivative(lambda t: 3 * t + 0.5 * abs(t))
    assert abs(tilted.value - 3) < 0.1
    assert tilted.error >= 0.5


def test_a_jump_is_not_differentiable():
    assert derivative(lambda t: 1.0 if t > 0 else 0.0).error > 1


def test_a_fast_wave_at_a_scale_far_too_large_is_not_confidently_wrong():
    for rate in (1e2, 1e3, 1e4):
        found = derivative(lambda t, rate=rate: math.sin(rate * t + 0.5))
        assert abs(found.value - rate * math.cos(0.5)) <= found.error


# The border of the domain


@pytest.mark.parametrize("distance", [0.3, 1e-2, 1e-4])
@pytest.mark.parametrize("outside", [math.nan, math.inf])
def test_steps_that_leave_the_domain_are_not_used(distance, outside):
    found = derivative(lambda t: math.log(t + distance) if t > -distance else outside)
    assert abs(found.value * distance - 1) <= found.error * distance
    assert found.error * distance < 1e-6


@pytest.mark.parametrize("fault", [ZeroDivisionError, OverflowError, FloatingPointError, np.linalg.LinAlgError])
def test_leaving_the_domain_may_also_be_an_error(fault):
    def f(t):
        if t < -0.01:
            raise fault
        return math.sqrt(t + 0.01)

    found = derivative(f)
    assert abs(found.value - 5) <= found.error < 1e-6


def test_other_errors_are_the_callers():
    def broken(t):
        raise KeyError

    with pytest.raises(KeyError):
        derivative(broken)


@pytest.mark.parametrize(
    "f",
    [
        lambda t: math.nan,
        lambda t: 1.0 if t == 0 else math.nan,
        lambda t: 1.0 if t >= 0 else math.nan,
        lambda t: 1.0 if abs(t) < 3e-8 else math.nan,
    ],
)
def test_where_nothing_can_be_said_the_error_is_infinite(f):
    found = derivative(f)
    assert math.isnan(found.value)
    assert found.error == math.inf


def test_three_steps_within_the_domain_are_enough():
    found = derivative(lambda t: 2 * t + 1 if abs(t) < 3e-7 else math.nan)
    assert abs(found.value - 2) <= found.error < 1


def test_steps_on_the_far_side_of_a_hole_in_the_domain_are_not_used():
    def f(t):
        return math.sin(t) if abs(t) < 0.01 else (math.nan if abs(t) < 0.1 else 5.0)

    steps, above, below = finite_difference._ladder(finite_difference._Probe(f), 1.0)
    assert max(steps) < 0.01
    assert len(steps) == len(above) == len(below)
    assert derivative(f).value == pytest.approx(1, abs=1e-9)


def test_differences_beyond_the_largest_number_do_not_overflow():
    found = derivative(lambda t: 1.7e308 * math.tanh(0.6 * t), scale=8.0)
    assert found.value / 1.7e308 == pytest.approx(0.6, abs=1e-9)
    assert found.error / 1.7e308 < 1e-6


def test_values_near_the_largest_number_do_not_overflow():
    found = derivative(lambda t: 1.5e308 * math.cos(t + 1))
    assert abs(found.value / 1.5e308 + math.sin(1)) < 1e-6
    assert not math.isnan(found.error)


@pytest.mark.parametrize("scale", [0.0, -1.0, math.inf, math.nan])
def test_a_scale_that_is_not_positive_and_finite_is_refused(scale):
    with pytest.raises(ValueError, match="scale"):
        derivative(math.exp, scale=scale)


# Along directions


def test_the_derivative_along_a_direction_is_the_inner_product_with_the_gradient():
    rng = np.random.default_rng(0)
    L = np.tril(rng.normal(size=(3, 3)), -1) + 2 * np.eye(3)
    A = L @ L.T
    A = (A + A.T) / 2
    gradient = np.linalg.inv(A)
    for direction in directions(A, "spd", 6, rng):
        found = directional(lambda S: np.linalg.slogdet(S)[1], direction)
        assert abs(found.value - np.sum(gradient * direction.tangent)) <= found.error + 1e-14
        assert found.error < 1e-9


def test_a_gradient_that_is_off_by_one_in_a_million_is_seen_in_some_direction():
    rng = np.random.default_rng(1)
    x = rng.normal(size=6)
    gradient = np.exp(x)
    off = gradient.copy()
    off[3] *= 1 + 1e-6
    seen = right = 0
    for direction in directions(x, "free", 4, rng):
        found = directional(lambda y: float(np.sum(np.exp(y))), direction)
        right += abs(found.value - gradient @ direction.tangent) <= found.error + 1e-13
        seen += abs(found.value - off @ direction.tangent) > 4 * found.error
    assert right == 4
    assert seen > 0
