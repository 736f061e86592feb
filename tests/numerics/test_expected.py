import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.numerics.compare import Closeness, compare
from grader.numerics.expected import (
    UNTAPPED_FACTOR,
    difference_noise,
    informative_limit,
    measure_expected,
)
from grader.numerics.rounding import smallest_normal, unit_roundoff


def measure(function, *arguments, dtype="float64", matrices=None, samples=16, blocks=(0,), seed=0):
    arguments = tuple(np.asarray(argument) for argument in arguments)
    return measure_expected(
        function,
        arguments,
        dtype=dtype,
        matrix_arguments=matrices or (False,) * len(arguments),
        samples=samples,
        blocks=blocks,
        rng=np.random.default_rng(seed),
    )


def tapped(function):
    """Give a function a tap that it does not call, so that it is not widened."""

    def with_tap(*arguments, tap):
        return function(*arguments)

    return with_tap


def identity(x):
    return x


# The formula


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("samples", [0, 16, 240])
def test_the_unit_of_the_identity_is_the_rounding_of_its_input_and_its_output(dtype, samples):
    (expected,) = measure(tapped(identity), np.array([3.0, -5.0]), dtype=dtype, samples=samples)
    unit = expected.unit / (unit_roundoff(dtype) * np.sqrt(1 + samples / 16))
    assert np.array_equal(expected.value, [3.0, -5.0])
    assert (unit >= 2 * 5).all()  # 5 for the largest entry, and at least as much for what its changes show
    assert (unit <= 6 * 5).all()
    assert not expected.value.flags.writeable
    assert not expected.unit.flags.writeable


def test_a_unit_is_constant_in_each_block_and_differs_between_blocks():
    value = np.array([[1.0, 8.0], [1e3, 1.0]])
    (whole,) = measure(tapped(identity), value, blocks=(0,))
    (rows,) = measure(tapped(identity), value, blocks=(1,))
    (entries,) = measure(tapped(identity), value, blocks=(2,))
    (beyond,) = measure(tapped(identity), value, blocks=(4,))
    assert len(np.unique(whole.unit)) == 1
    assert (rows.unit[:, 0] == rows.unit[:, 1]).all()
    assert rows.unit[1, 0] > 100 * rows.unit[0, 0]
    assert entries.unit[0, 1] > 2 * entries.unit[0, 0]
    assert beyond.unit.shape == value.shape


def test_the_longest_axis_stands_for_the_number_of_terms_that_is_not_given():
    x = np.ones((3, 48))
    (known,) = measure(tapped(identity), x, samples=48)
    (unknown,) = measure(tapped(identity), x, samples=None)
    assert np.array_equal(known.unit, unknown.unit)
    assert (measure(tapped(lambda x: x), np.float64(2.0), samples=None)[0].unit > 0).all()


def test_the_unit_follows_the_condition_of_the_problem():
    def logarithm_near_one(x):
        return np.log(x)

    (expected,) = measure(tapped(logarithm_near_one), np.array(1.001))
    relative = float(expected.unit / expected.value) / unit_roundoff("float64") / np.sqrt(2)
    assert 700 < relative < 6000  # d log x / log x = 1/(x log x) dx: a condition of 1000


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_two_changes_that_cancel_in_sign_are_still_seen(seed):
    # With random signs alone, a - b with equal magnitudes would stay still in half of all draws.
    (expected,) = measure(tapped(lambda a, b: a - b), np.array(1.0), np.array(1.0 + 1e-9), seed=seed)
    assert expected.unit > 0.5 * unit_roundoff("float64") * np.sqrt(2)


def test_the_same_generator_measures_the_same():
    first, again = (measure(np.sin, np.arange(5.0), seed=3)[0].unit for _ in range(2))
    assert np.array_equal(first, again)


def test_several_values_are_measured_each_with_its_own_blocks():
    scalar, vector = measure(tapped(lambda x: (x.sum(), x)), np.array([1.0, 1e6]), blocks=(1, 1))
    assert scalar.value.shape == scalar.unit.shape == ()
    assert scalar.unit > 1e-11
    assert vector.unit[0] < 1e-14 < vector.unit[1]


# Intermediates


def test_an_intermediate_that_cancels_widens_the_unit():
    def difference(x, *, tap):
        large = tap("large", x + 1e6)
        return large - tap("offset", np.full_like(x, 1e6))

    (apart,) = measure(difference, np.array([1.0]))
    (plain,) = measure(tapped(identity), np.array([1.0]))
    assert apart.unit > 1e5 * plain.unit


def test_a_name_that_is_tapped_twice_is_one_intermediate():
    def twice(x, *, tap):
        return tap("same", x) - tap("same", x * 0.5)

    def once(x, *, tap):
        return tap("first", x) - tap("second", x * 0.5)

    assert np.isclose(*(measure(f, np.array([1.0]))[0].unit for f in (twice, once)), rtol=0.6, atol=0)


@pytest.mark.parametrize("shape", [(), (1,), (40,)])
def test_intermediates_are_perturbed_independently_so_that_a_ratio_of_two_moves(shape):
    def ratio(x, *, tap):
        return tap("above", x * 2) / tap("below", x * 4)

    (expected,) = measure(ratio, np.ones(shape), samples=0)
    # The ratio is 0.5 whatever x is, and neither x nor the function's own rounding moves it. Two independent changes of
    # up to one rounding each move it by up to 1.0; together with the rounding of the answer that is 1.5 roundings.
    roundings = expected.unit / unit_roundoff("float64")
    assert (roundings > 1.2).all()
    assert (roundings < 1.51).all()


@pytest.mark.parametrize("signs", [np.repeat([1.0, -1.0], 100), np.tile([1.0, -1.0], 100)])
def test_large_partial_sums_that_cancel_are_seen_by_the_fixed_signs(signs):
    def total(x, *, tap):
        return math.fsum(tap("terms", x))  # summed exactly: nothing of it is seen in the function's own rounding

    (expected,) = measure(total, signs, samples=0)
    assert expected.unit >= 0.99 * 200 * unit_roundoff("float64")


def test_an_intermediate_that_underflows_allows_what_it_may_lose():
    def ratio(x, *, tap):
        return tap("tiny", x * 1e-40) / 1e-40

    (expected,) = measure(ratio, np.array([1e-2]), dtype="float32")
    # 1e-42 is subnormal in float32: up to 2**-126 may be lost of it, which is 118 in units of the answer.
    assert expected.unit > smallest_normal("float32") / 1e-40
    assert not expected.informative
    assert measure(ratio, np.array([1e-2]))[0].informative


def gradient_of_a_mixture(x, *, tap):
    """Two blocks, of which the second is 1e-400: beyond float64, so 0."""
    logs = tap("logs", np.array([0.0, -921.0]))
    weights = tap("weights", np.exp(logs - np.logaddexp.reduce(logs)))
    return tap("terms", weights * x[0])


@pytest.mark.parametrize(
    ("guarded", "closeness"),
    [
        (lambda t: np.exp(np.maximum(t, -700.0)), Closeness.AGREES),
        (lambda t: np.maximum(np.exp(t), 1e-300), Closeness.AGREES),
        (lambda t: np.maximum(np.exp(t), 1e-290), Closeness.DISAGREES),
        (lambda t: np.exp(t) + 1e-12, Closeness.DISAGREES),
    ],
)
def test_a_guard_against_zero_is_right_where_zero_is_due_unless_it_shows(guarded, closeness):
    (expected,) = measure(gradient_of_a_mixture, np.array([2165.7, 1.0]), blocks=(1,))
    assert expected.value[1] == 0
    assert compare(guarded(np.array([0.0, -921.0])) * 2165.7, expected).closeness is closeness


def test_the_reference_is_called_with_float64_and_whole_numbers_as_they_are():
    seen = []

    def keep(x, labels, mask):
        seen.append((x.dtype, labels.dtype, labels.copy(), mask.dtype))
        return x * 1.0

    measure(keep, np.ones(2, dtype=np.float32), np.array([1, 2]), np.array([True, False]))
    assert {(str(x), str(i), str(m)) for x, i, _, m in seen} == {("float64", "int64", "bool")}
    assert all(np.array_equal(labels, [1, 2]) for _, _, labels, _ in seen)


# Without taps


def test_without_taps_the_unit_is_wider_and_each_value_one_block():
    value = np.array([1.0, 1e3])
    (with_taps,) = measure(tapped(identity), value, blocks=(1,))
    (without,) = measure(identity, value, blocks=(1,))
    assert len(np.unique(without.unit)) == 1
    assert np.isclose(without.unit[1], UNTAPPED_FACTOR * with_taps.unit[1], rtol=0.2, atol=0)


def test_rounding_inside_the_function_shows_without_taps():
    def noisy(x):
        return (x + 1e6) - 1e6

    (expected,) = measure(noisy, np.linspace(1, 2, 50))
    (smooth,) = measure(identity, np.linspace(1, 2, 50))
    assert expected.unit[0] > 1e5 * smooth.unit[0]


def test_noise_is_found_at_the_spacing_at_which_values_move():
    for offset in 10.0 ** np.arange(0, 11, 2):
        (expected,) = measure(tapped(lambda x, offset=offset: (x + offset) - offset), np.linspace(1, 2, 20))
        rounding = np.spacing(offset) / unit_roundoff("float64")  # of the intermediate, in units of 1
        assert expected.unit[0] > 0.3 * rounding * unit_roundoff("float64")
        assert expected.unit[0] < 30 * (rounding + 2) * unit_roundoff("float64")


def test_the_curvature_of_an_ill_conditioned_function_is_not_taken_for_noise():
    (expected,) = measure(tapped(lambda x: 1 / (x - 1)), np.array([1 + 1e-5]))
    assert expected.unit < 20 * 1e5 * unit_roundoff("float64") * expected.value


def test_a_function_that_can_only_be_evaluated_at_the_case_itself_has_no_unit():
    def fragile(A):
        return np.linalg.cholesky(A - (1 - 2.0**-50) * np.eye(2))

    (expected,) = measure(fragile, np.eye(2), matrices=(True,))
    assert np.isinf(expected.unit).all()


# Matrices


def smallest_eigenvalue(A):
    return np.linalg.eigvalsh(A)[..., 0]


def test_matrices_are_perturbed_by_their_norm_and_the_others_entry_by_entry():
    A = np.diag([1.0, 1e-6])
    (entries,) = measure(tapped(smallest_eigenvalue), A, matrices=(False,))
    (norm,) = measure(tapped(smallest_eigenvalue), A, matrices=(True,))
    assert norm.unit > 1e4 * entries.unit
    assert norm.unit > 0.3 * unit_roundoff("float64")


@pytest.mark.parametrize(
    ("matrix", "structure"),
    [
        (np.array([[[2.0, 0.5], [0.5, 1.0]]] * 3), lambda a: np.array_equal(a, np.swapaxes(a, -1, -2))),
        (np.array([[2.0, 0.0], [0.5, 1.0]]), lambda a: a[0, 1] == 0),
        (np.array([[2.0, 0.25], [0.5, 1.0]]), lambda a: a[0, 1] != 0.25),
        (np.array([[2.0]]), lambda a: True),
    ],
)
def test_a_perturbed_matrix_keeps_its_structure(matrix, structure):
    seen = []

    def keep(a):
        seen.append(a)
        return a

    measure(keep, matrix, matrices=(True,))
    moved = [a for a in seen if not np.array_equal(a, matrix)]
    assert len(moved) > 16
    assert all(structure(a) for a in moved)


def test_empty_and_whole_numbered_matrices_are_left_alone():
    (empty,) = measure(lambda a: a, np.zeros((0, 0)), matrices=(True,))
    assert empty.value.shape == (0, 0)
    assert not empty.informative
    assert measure(lambda a: a * 1.0, np.eye(2, dtype=int), matrices=(True,))[0].informative


# When nothing can be told


def test_an_all_zero_truth_is_not_informative_but_has_a_unit():
    (expected,) = measure(tapped(lambda x: x - x), np.array([1.0]))
    assert expected.resolution == np.inf
    assert not expected.informative
    assert (expected.unit > 0).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_truth_that_is_not_finite_is_not_informative(bad):
    (expected,) = measure(lambda x: np.array([1.0, bad]) * x, np.array(1.0))
    assert not expected.informative
    assert expected.resolution == np.inf


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_informative_means_a_resolution_below_the_limit_of_the_precision(dtype):
    def cancelling(size):
        def difference(x, *, tap):
            return tap("large", x + size) - size

        return difference

    verdicts = []
    for size in 10.0 ** np.arange(0, 11):
        (expected,) = measure(cancelling(size), np.array(1.0), dtype=dtype)
        assert expected.informative == (expected.resolution < informative_limit(dtype))
        verdicts.append(expected.informative)
    assert verdicts[0]
    assert not verdicts[-1]
    assert verdicts == sorted(verdicts, reverse=True)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_an_error_of_the_resolution_is_caught_in_any_block_and_one_of_a_fourth_is_not_called_right_nor_wrong(dtype):
    (expected,) = measure(tapped(identity), np.array([1.0, 1e-3, 50.0]), dtype=dtype, blocks=(1,))
    for i in range(3):
        off = expected.value.copy()
        off[i] += 1.01 * expected.resolution * 50.0
        assert compare(off, expected).closeness is Closeness.DISAGREES
    slightly = expected.value.copy()
    slightly[2] += expected.resolution * 50.0 / 2
    assert compare(slightly, expected).closeness is Closeness.INCONCLUSIVE


def singular_to_float32():
    return np.array([[1.0, 1.0 - 1e-7], [1.0 - 1e-7, 1.0]])


def test_inputs_that_a_few_roundings_carry_out_of_the_domain_have_no_unit():
    def factor(A):
        return np.linalg.cholesky(A)

    assert np.isfinite(measure(factor, singular_to_float32(), matrices=(True,))[0].unit).all()
    (expected,) = measure(factor, singular_to_float32(), matrices=(True,), dtype="float32")
    assert np.isinf(expected.unit).all()
    assert not expected.informative


def test_intermediates_that_a_few_roundings_carry_out_of_the_domain_have_no_unit():
    def passing(x, *, tap):
        # Whoever goes by the product is at the edge in single precision; the answer itself is not.
        gap = tap("product", 1.0 + 1e-7 * x) - 1.0
        return x + 0.0 * np.sqrt(gap)

    assert np.isfinite(measure(passing, np.array(1.5))[0].unit).all()
    (expected,) = measure(passing, np.array(1.5), dtype="float32")
    assert np.isinf(expected.unit).all()
    assert not expected.informative


def test_a_function_that_gives_nan_outside_its_domain_is_measured_like_one_that_raises():
    def root(x):
        return np.sqrt(x - 1.0)

    (expected,) = measure(root, np.array(1.0 + 2.0**-45))
    assert np.isinf(expected.unit).all()


def test_a_perturbation_that_raises_makes_the_unit_infinite():
    def fragile(A):
        return np.linalg.cholesky(A - (1 - 1e-13) * np.eye(2))

    (expected,) = measure(fragile, np.eye(2), matrices=(True,))
    assert np.isinf(expected.unit).all()


def test_a_truth_beyond_float32_has_no_unit_there():
    def large(x, *, tap):
        return x * np.array([1.0, 1e200])

    (single,) = measure(large, np.array([1.0, 1.0]), dtype="float32", blocks=(1,))
    assert np.isfinite(single.unit).tolist() == [True, False]
    assert not single.informative
    assert measure(large, np.array([1.0, 1.0]), blocks=(1,))[0].informative


# Misuse


def test_a_truth_that_cannot_be_computed_at_the_case_itself_is_the_callers_to_handle():
    with pytest.raises(np.linalg.LinAlgError):
        measure(np.linalg.cholesky, -np.eye(2), matrices=(True,))


def test_descriptions_of_the_wrong_length_are_refused():
    with pytest.raises(ValueError, match="1 arguments, but 2"):
        measure(identity, np.array(1.0), matrices=(False, True))
    with pytest.raises(ValueError, match="1 values were returned, but 2"):
        measure(identity, np.array(1.0), blocks=(0, 0))


# Noise


@pytest.mark.parametrize("points", [9, 40])
def test_the_noise_of_a_smooth_function_at_close_points_is_found(points):
    rng = np.random.default_rng(0)
    t = np.arange(points) * 1e-6
    smooth = np.exp(t)[:, None] * np.ones(300)
    measured = difference_noise(smooth + rng.normal(scale=1e-9, size=smooth.shape))
    assert 0.8e-9 < np.median(measured) < 2.5e-9
    assert np.quantile(measured, 0.01) > 0.2e-9
    assert difference_noise(t) < 1e-20
