import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.numerics.compare import (
    Closeness,
    agrees,
    agrees_at,
    closeness,
    compare,
    looks_numerical,
    reach,
    worst_ratio,
)
from grader.numerics.expected import Expected

U64, U32 = 2.0**-53, 2.0**-24


def expect(value, unit=1e-3, *, informative=True, dtype="float64"):
    value = np.asarray(value, dtype=np.float64)
    unit = np.broadcast_to(np.asarray(unit, dtype=np.float64), value.shape)
    return Expected(value=value, unit=unit, informative=informative, resolution=1e-9, dtype=dtype)


def off_by(units, *, value=1.0, unit=2.0**-20):
    expected = expect([value, value], unit)
    return compare(expected.value + np.array([0.0, units * unit]), expected)


# The verdict


def test_up_to_8_units_agree_beyond_32_disagree_and_between_nothing_is_said():
    assert off_by(0).closeness is Closeness.AGREES
    assert off_by(8).closeness is Closeness.AGREES
    assert off_by(-8).closeness is Closeness.AGREES
    assert off_by(8.0001).closeness is Closeness.INCONCLUSIVE
    assert off_by(32).closeness is Closeness.INCONCLUSIVE
    assert off_by(32.0001).closeness is Closeness.DISAGREES
    assert off_by(-1e300).closeness is Closeness.DISAGREES


def test_what_is_reported_is_the_worst_entry_in_units():
    expected = expect([[1.0, 2.0], [3.0, 4.0]], [[0.5, 0.5], [1 / 16, 1 / 16]])
    found = compare(np.array([[2.0, 2.0], [3.0, 5.0]]), expected)
    assert found.closeness is Closeness.INCONCLUSIVE
    assert found.ratio == 16
    assert found.worst == (1, 1)
    assert found.where == "[1, 1]"
    assert (found.error_abs, found.allowed_abs) == (1.0, 0.5)
    assert found.error_rel == 0.25
    assert (found.differing, found.total, found.non_finite) == (1, 4, 0)


def test_widening_moves_both_borders():
    expected = expect(1.0, 2.0**-20)
    answer = np.float64(1 + 33 * 2.0**-20)
    assert compare(answer, expected).closeness is Closeness.DISAGREES
    assert compare(answer, expected, widen=2).closeness is Closeness.INCONCLUSIVE
    assert compare(answer, expected, widen=5).closeness is Closeness.AGREES
    assert compare(answer, expected, widen=5).allowed_abs == 40 * 2.0**-20
    assert compare(np.float64(1 + 2.0**-20), expected, widen=1 / 64).closeness is Closeness.DISAGREES


def test_a_scalar_has_no_place():
    found = compare(np.array(2.0), expect(1.0))
    assert (found.worst, found.where, found.total, found.differing) == ((), "", 1, 1)


def test_an_empty_answer_agrees_with_an_empty_truth():
    found = compare(np.zeros((0, 3)), expect(np.zeros((0, 3)), informative=False))
    assert found.closeness is Closeness.AGREES
    assert (found.total, found.ratio, found.worst, found.error_rel) == (0, 0.0, (), 0.0)
    assert not found.informative


def test_slack_around_a_zero_block_excuses_but_an_error_beyond_it_disagrees():
    expected = expect([0.0, 5.0], [1e-12, 1e-12])
    assert compare(np.array([7e-12, 5.0]), expected).closeness is Closeness.AGREES
    assert compare(np.array([4e-11, 5.0]), expected).closeness is Closeness.DISAGREES
    assert compare(np.array([1.0, 0.0]), expect([0.0, 0.0])).error_rel == np.inf
    assert compare(np.array([0.0, 0.0]), expect([0.0, 0.0])).error_rel == 0


# Numbers that are none


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_due_and_not_finite_disagrees(bad):
    found = compare(np.array([1.0, bad, 2.0]), expect([1.0, 1.0, 2.0]))
    assert found.closeness is Closeness.DISAGREES
    assert (found.ratio, found.worst, found.non_finite, found.differing) == (np.inf, (1,), 1, 1)
    assert found.error_rel == np.inf


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_proves_nothing_where_the_inputs_are_at_the_border_of_the_domain(bad):
    expected = expect([1.0, 1.0], np.inf, informative=False)
    assert compare(np.array([bad, 1.0]), expected).closeness is Closeness.INCONCLUSIVE
    assert compare(np.array([bad, 1.0]), expected).ratio == np.inf
    assert compare(np.array([1e9, 1.0]), expected).closeness is Closeness.AGREES  # and certifies nothing:
    assert not compare(np.array([1e9, 1.0]), expected).informative


@pytest.mark.parametrize("truth", [np.nan, np.inf])
@pytest.mark.parametrize("given", [np.nan, np.inf, -np.inf, 0.0])
def test_where_the_truth_is_not_finite_there_is_no_agreement(truth, given):
    expected = expect([truth, 1.0], informative=False)
    assert compare(np.array([given, 1.0]), expected).closeness is Closeness.INCONCLUSIVE
    assert compare(np.array([given, 2.0]), expected).closeness is Closeness.DISAGREES
    assert compare(np.array([given, 1.0]), expected).non_finite == 0


def test_differences_beyond_the_largest_number_are_not_small():
    found = compare(np.array([1.7e308]), expect([-1.7e308], 1e290))
    assert found.closeness is Closeness.DISAGREES
    assert found.ratio == np.inf
    assert compare(np.array([1e308]), expect([1e-308], 1e-320)).closeness is Closeness.DISAGREES


@given(
    st.lists(st.tuples(st.floats(), st.floats(), st.floats(1e-300, 1e300)), min_size=1, max_size=5),
    st.floats(1e-3, 1e3),
)
def test_the_ratio_is_never_nan_and_agreement_means_close_numbers(rows, widen):
    actual, value, unit = (np.array(column) for column in zip(*rows, strict=True))
    found = compare(actual, expect(value, unit), widen=widen)
    assert not np.isnan([found.ratio, found.error_abs, found.error_rel, found.float32_ratio]).any()
    if found.closeness is Closeness.AGREES:
        assert np.isfinite(actual).all()
        assert (np.abs(actual - value) <= 8.01 * unit * widen).all()


# Types


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble", "int8", "int64", "uint8", "bool"])
def test_any_real_dtype_is_compared_as_float64(dtype):
    answer = np.array([1, 0]).astype(dtype)
    assert compare(answer, expect([1.0, 0.0])).closeness is Closeness.AGREES
    assert compare(answer, expect([1.0, 1.0])).closeness is Closeness.DISAGREES


@pytest.mark.parametrize("dtype", ["complex128", "object", "U3"])
def test_other_dtypes_are_refused(dtype):
    with pytest.raises(ValueError, match="real numbers are due"):
        compare(np.zeros(2).astype(dtype), expect([0.0, 0.0]))


@pytest.mark.parametrize("shape", [(), (1,), (2, 1), (1, 2)])
def test_shapes_are_not_broadcast(shape):
    with pytest.raises(ValueError, match="shapes differ"):
        compare(np.ones(shape), expect([1.0, 1.0]))


@pytest.mark.parametrize("widen", [0.0, -1.0, np.nan, np.inf])
def test_a_factor_that_is_not_positive_and_finite_is_refused(widen):
    with pytest.raises(ValueError, match="widen"):
        compare(np.ones(2), expect([1.0, 1.0]), widen=widen)


# Lower precision


def precise(value=(1.0, 3.0), unit=4 * U64, **options):
    return expect(value, unit, **options)


def test_an_answer_rounded_to_float32_agrees_at_float32_and_not_at_float64():
    expected = precise([0.1, 0.7])
    rounded = expected.value.astype(np.float32)
    assert compare(rounded, expected).closeness is Closeness.DISAGREES
    assert compare(rounded, expected).float32_valued
    assert agrees_at(rounded, expected)
    assert not agrees_at(rounded, expected, "float64")
    assert agrees_at(expected.value, expected, "float64")
    assert not compare(expected.value, expected).float32_valued
    assert not compare(np.array([1, 3]), precise()).float32_valued


def test_what_float32_cannot_hold_is_allowed_for_at_float32():
    expected = precise([1.0, 1e-40], [4 * U64, 4e-40 * U64])
    rounded = expected.value.astype(np.float32)
    assert float(rounded[1]) != 1e-40
    assert agrees_at(rounded, expected)


def test_agreement_at_float32_ends_at_8_of_its_units():
    expected = precise()
    assert agrees_at(expected.value + np.array([0, 31 * U32]), expected)
    assert not agrees_at(expected.value + np.array([0, 33 * U32]), expected)
    assert agrees_at(expected.value + np.array([0, 33 * U32]), expected, widen=2)
    assert not agrees_at(np.array([np.nan, 3.0]), expected)


def test_a_case_that_tells_nothing_at_float32_certifies_nothing_there():
    expected = precise(unit=1e5 * U64)
    assert compare(expected.value, expected).closeness is Closeness.AGREES
    assert not agrees_at(expected.value, expected)
    assert not agrees_at(np.zeros(2), expect([0.0, 0.0]))
    assert not agrees_at(np.ones(2), expect([np.inf, 1.0]))
    assert not agrees_at(np.ones(2), expect([1.0, 1.0], np.inf))


def test_a_float32_case_is_not_asked_for_more_at_float64():
    expected = expect([1.0], 4 * U32, dtype="float32")
    answer = np.array([1 + 16 * U32])
    assert agrees_at(answer, expected)
    assert agrees_at(answer, expected, "float64") == agrees_at(answer, expected)
    assert compare(answer, expected).float32_ratio == compare(answer, expected).ratio == 4


# Numerical derivatives


def comparisons(*errors, value=1 / 3, unit=4 * U64, **options):
    expected = expect([value, value], unit, **options)
    return [compare(expected.value + np.array([0, error * value]), expected) for error in errors]


def test_errors_of_central_differences_look_numerical():
    assert looks_numerical(comparisons(1.3e-10, 4.1e-11, 2.2e-9))


def test_errors_of_forward_differences_with_a_large_step_look_numerical():
    assert looks_numerical(comparisons(1.3e-5, 4.1e-6))


def test_single_precision_does_not_look_numerical():
    assert not looks_numerical(comparisons(5e-8, 1.1e-7))
    expected = precise([0.1, 0.7])
    assert not looks_numerical([compare((expected.value * (1 + 1e-9)).astype(np.float32), expected)])


def test_right_answers_wrong_ones_and_nan_do_not_look_numerical():
    assert not looks_numerical([])
    assert not looks_numerical(comparisons(0.0, 1e-15))


def test_what_is_off_by_some_tens_of_roundings_is_no_numerical_derivative():
    off = comparisons(0.0, 1e-13)
    assert any(c.closeness is Closeness.DISAGREES for c in off)
    assert not looks_numerical(off)
    assert not looks_numerical(comparisons(1e-10, 2e-4))
    assert not looks_numerical(comparisons(1e-10, np.nan))
    assert not looks_numerical(comparisons(1e-10, informative=False))


@pytest.mark.parametrize("step", [1e-4, 1e-5, 1e-6])
def test_real_central_differences_are_recognised(step):
    rng = np.random.default_rng(0)
    found = []
    for _ in range(6):
        x = rng.normal(size=5)
        gradient = np.array(
            [(np.sum(np.exp(x + step * e)) - np.sum(np.exp(x - step * e))) / (2 * step) for e in np.eye(5)]
        )
        found.append(compare(gradient, expect(np.exp(x), 10 * U64 * np.exp(x))))
    assert looks_numerical(found)


# The short ways say what the long one says

ANY = st.sampled_from([0.0, -0.0, 1.0, 1 + 2.0**-20, 1 + 8 * 2.0**-20, 1 + 33 * 2.0**-20, 3.0, np.nan, np.inf, -np.inf])
UNITS = st.sampled_from([2.0**-20, 1.0, 2.0**-1000, np.inf])


@given(
    st.lists(st.tuples(ANY, ANY, UNITS), max_size=4),
    st.sampled_from([0.5, 1.0, 4.0]),
    st.sampled_from(["float64", "float32", "int64"]),
)
def test_closeness_and_worst_ratio_are_those_of_the_comparison(entries, widen, dtype):
    value, truth, unit = np.array(entries, dtype=float).reshape(-1, 3).T
    with np.errstate(all="ignore"):
        value = value.astype(dtype)
    expected = expect(truth, unit)
    found = compare(value, expected, widen=widen)
    assert closeness(value, expected, widen=widen) is found.closeness
    assert worst_ratio(value, expected, widen=widen) == found.ratio
    if agrees(value.astype(float), expected, reach(expected, widen=widen)):
        assert found.closeness is Closeness.AGREES


def test_what_is_off_by_no_more_than_8_units_agrees_plainly_and_what_is_off_by_more_does_not():
    expected = expect([1.0, 2.0], 2.0**-20)
    limit = reach(expected)
    assert agrees(expected.value + 8 * 2.0**-20, expected, limit)
    assert not agrees(expected.value + 8.0001 * 2.0**-20, expected, limit)
    assert not agrees(np.array([1.0, np.nan]), expected, limit)


def test_nothing_agrees_plainly_where_a_unit_is_infinite_or_a_shape_another():
    assert reach(expect([1.0, 2.0], [1.0, np.inf])) is None
    assert not agrees(np.ones(1), expect([1.0]), None)
    with pytest.raises(ValueError, match="shapes differ"):
        agrees(np.ones((2, 1)), expect([1.0, 1.0]), reach(expect([1.0, 1.0])))
