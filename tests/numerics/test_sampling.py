import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.model.inputs import (
    CaseGroup,
    Constant,
    FromFunction,
    InputSet,
    Integers,
    Logits,
    LowerTriangular,
    Normal,
    OneHot,
    PositiveDefinite,
    Simplex,
    Uniform,
)
from grader.numerics.sampling import SamplingError, draw_arguments, draw_sizes

SEEDS = st.integers(0, 2**32)


def no_functions(name):
    raise AssertionError(name)


def draw(sampler, *, dtype="float64", seed=0, sizes=None, functions=no_functions):
    inputs = InputSet(values={"x": sampler}, case=(CaseGroup(family="generic"),))
    rng = np.random.default_rng(seed)
    ((name, array),) = draw_arguments(inputs, inputs.case[0], sizes or {}, ("x",), dtype, rng, functions)
    assert name == "x"
    assert not array.flags.writeable
    return array


def on_grid(array, digits):
    return np.array_equal(array, np.round(array, digits))


# Sizes


def group_sizes(inputs_sizes, family="generic", distinct=True, seed=0, **sizes):
    group = CaseGroup(family=family, sizes=sizes)
    inputs = InputSet(
        sizes=inputs_sizes, distinct=distinct, values={"x": Constant(sampler="constant", value=1.0)}, case=(group,)
    )
    return draw_sizes(inputs, group, np.random.default_rng(seed))


@given(SEEDS)
def test_distinct_sizes_differ_in_the_generic_family(seed):
    drawn = group_sizes({"N": (2, 3, 4), "d": (2, 3), "K": (3, 4, 5)}, seed=seed)
    assert list(drawn) == ["N", "d", "K"]
    assert len(set(drawn.values())) == 3


def test_equal_sizes_are_allowed_in_other_families_and_where_nothing_is_said():
    assert group_sizes({"N": 2, "d": 2}, family="edge") == {"N": 2, "d": 2}
    assert group_sizes({"N": 2, "d": 2}, distinct=False) == {"N": 2, "d": 2}


def test_a_group_states_its_own_sizes():
    assert group_sizes({"N": (4, 5), "d": 3}, N=1) == {"N": 1, "d": 3}


def test_every_size_is_drawn_sooner_or_later():
    assert {group_sizes({"N": (4, 5, 6)}, seed=seed)["N"] for seed in range(40)} == {4, 5, 6}


def test_sizes_that_cannot_differ_are_an_error():
    with pytest.raises(SamplingError, match=r"no sizes that all differ: N from \[2\], d from \[2\]"):
        group_sizes({"N": 2, "d": 2})


def test_a_size_without_values_is_an_error():
    with pytest.raises(SamplingError, match="'N' has no values"):
        group_sizes({"N": ()})


# What all samplers share


def test_arguments_come_in_the_order_of_the_signature_with_the_groups_samplers():
    group = CaseGroup(family="edge", values={"b": Constant(sampler="constant", value=2.0)})
    inputs = InputSet(
        values={"a": Integers(sampler="integers", low=1, high=1), "b": Constant(sampler="constant", value=1.0)},
        case=(group,),
    )
    drawn = draw_arguments(inputs, group, {}, ("b", "a"), "float32", np.random.default_rng(0), no_functions)
    assert [(name, value.dtype, float(value)) for name, value in drawn] == [("b", "float32", 2.0), ("a", "int64", 1.0)]


def test_the_same_seed_draws_the_same_and_another_seed_draws_others():
    sampler = Normal(sampler="normal", shape=("N", 2))
    first, again, other = (draw(sampler, sizes={"N": 3}, seed=seed) for seed in (1, 1, 2))
    assert first.shape == (3, 2)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_an_arguments_draw_does_not_depend_on_the_samplers_before_it():
    def second(first):
        inputs = InputSet(
            values={"a": first, "b": Normal(sampler="normal", shape=(3,))}, case=(CaseGroup(family="generic"),)
        )
        rng = np.random.default_rng(5)
        return draw_arguments(inputs, inputs.case[0], {}, ("a", "b"), "float64", rng, no_functions)[1][1]

    few, many = Normal(sampler="normal", shape=(1,)), Normal(sampler="normal", shape=(100,))
    assert np.array_equal(second(few), second(many))


def test_float32_cases_are_float64_draws_that_are_cast():
    sampler = Normal(sampler="normal", shape=(50,), digits=2)
    single, double = draw(sampler, dtype="float32"), draw(sampler)
    assert single.dtype == np.float32
    assert np.array_equal(single, double.astype(np.float32))


def test_an_argument_without_a_sampler_is_an_error():
    inputs = InputSet(values={"x": Constant(sampler="constant", value=1.0)}, case=(CaseGroup(family="generic"),))
    with pytest.raises(SamplingError, match="'y' has no sampler"):
        draw_arguments(inputs, inputs.case[0], {}, ("y",), "float64", np.random.default_rng(0), no_functions)


def test_a_shape_with_an_unknown_symbol_is_an_error():
    with pytest.raises(SamplingError, match="'x': its shape names 'N', which has no size"):
        draw(Normal(sampler="normal", shape=("N",)))


def test_a_value_beyond_the_precision_is_an_error():
    assert draw(Constant(sampler="constant", value=1e300)) == 1e300
    with pytest.raises(SamplingError, match="not finite in float32"):
        draw(Constant(sampler="constant", value=1e300), dtype="float32")


def test_a_scale_at_the_end_of_the_range_is_refused_in_words():
    with pytest.raises(SamplingError, match="not finite in float64"):
        draw(Normal(sampler="normal", shape=(500,), scale=1e308))


def test_a_sampler_that_is_not_known_is_refused():
    inputs = InputSet.model_construct(values={"x": Unknown()}, case=())
    group = CaseGroup(family="generic")
    with pytest.raises(AssertionError):
        draw_arguments(inputs, group, {}, ("x",), "float64", np.random.default_rng(0), no_functions)


class Unknown:
    shape = ()


# Each sampler


def test_normal_entries_have_the_mean_the_scale_and_the_digits():
    array = draw(Normal(sampler="normal", shape=(4000,), mean=3.0, scale=0.5, digits=1))
    assert abs(array.mean() - 3) < 0.05
    assert abs(array.std() - 0.5) < 0.05
    assert on_grid(array, 1)
    whole = draw(Normal(sampler="normal", shape=(4000,), scale=0.5, digits=0))
    assert (whole == 0).any()
    assert not np.signbit(whole[whole == 0]).any()  # nobody would type -0.0


@pytest.mark.parametrize("rows", [2, 3, 4, 7])
def test_repeated_rows_stand_at_least_twice(rows):
    array = draw(Normal(sampler="normal", shape=(rows, 2), repeat_rows=True))
    assert array.shape == (rows, 2)
    _, counts = np.unique(array, axis=0, return_counts=True)
    assert len(counts) == rows // 2
    assert counts.min() >= 2


@pytest.mark.parametrize("shape", [(), (1, 3)])
def test_one_row_cannot_be_repeated(shape):
    with pytest.raises(SamplingError, match="at least 2 rows"):
        draw(Normal(sampler="normal", shape=shape, repeat_rows=True))


@given(SEEDS, st.sampled_from(["float64", "float32"]), st.sampled_from([None, 1, 3]))
def test_uniform_entries_stay_below_high_after_rounding(seed, dtype, digits):
    array = draw(Uniform(sampler="uniform", shape=(40,), low=0.1, high=0.4, digits=digits), dtype=dtype, seed=seed)
    assert (array >= 0.1).all()
    assert (array < 0.4).all()
    if digits == 1:
        assert set(array.tolist()) <= {float(np.dtype(dtype).type(x)) for x in (0.1, 0.2, 0.3)}


def test_an_interval_without_a_decimal_is_an_error():
    with pytest.raises(SamplingError, match=r"no value in \[0.11, 0.14\) with 1 digits"):
        draw(Uniform(sampler="uniform", low=0.11, high=0.14, digits=1))


def test_logits_have_the_scale_and_the_offset():
    array = draw(Logits(sampler="logits", shape=(400, 5), scale=10.0, offset=-100.0, digits=1))
    assert abs(array.mean() + 100) < 1
    assert abs(array.std() - 10) < 1
    assert set(np.argmax(array, axis=1)) == set(range(5))


def test_integers_reach_both_ends_and_stay_int64_at_float32():
    array = draw(Integers(sampler="integers", shape=(200,), low=-1, high=2), dtype="float32")
    assert array.dtype == np.int64
    assert set(array.tolist()) == {-1, 0, 1, 2}


@pytest.mark.parametrize(("low", "high"), [(-(1 << 63) - 1, 0), (0, 1 << 63)])
def test_integers_beyond_64_bits_are_an_error(low, high):
    with pytest.raises(SamplingError, match="64 bits"):
        draw(Integers(sampler="integers", low=low, high=high))


def test_one_hot_rows_hold_a_single_one_in_every_place():
    array = draw(OneHot(sampler="one_hot", shape=(100, 4)))
    assert array.dtype == np.float64
    assert np.array_equal(np.sort(array, axis=1), np.tile([0, 0, 0, 1], (100, 1)))
    assert set(np.argmax(array, axis=1)) == set(range(4))
    assert draw(OneHot(sampler="one_hot", shape=(1,))).tolist() == [1.0]


@pytest.mark.parametrize("shape", [(), (3, 0)])
def test_one_hot_needs_a_place(shape):
    with pytest.raises(SamplingError, match="one-hot"):
        draw(OneHot(sampler="one_hot", shape=shape))


# The simplex


@settings(max_examples=200)
@given(SEEDS, st.integers(1, 8), st.sampled_from([None, 2, 3]), st.sampled_from(["float64", "float32"]))
def test_a_simplex_draw_is_positive_sums_to_one_and_lies_on_the_grid(seed, count, digits, dtype):
    array = draw(Simplex(sampler="simplex", shape=(3, count), least=0.05, digits=digits), dtype=dtype, seed=seed)
    assert array.shape == (3, count)
    assert (array >= np.dtype(dtype).type(0.05)).all()
    if digits is None:
        assert np.allclose(array.sum(axis=1), 1, rtol=0, atol=2e-7 if dtype == "float32" else 1e-15)
    else:
        whole = np.round(array * 10.0**digits).astype(int)
        assert (whole.sum(axis=1) == 10**digits).all()
        assert np.array_equal((whole / 10**digits).astype(dtype), array)


@given(SEEDS, st.sampled_from([None, 2]), st.sampled_from([1e-12, 0.05]))
def test_the_smallest_entry_is_just_that(seed, digits, smallest):
    array = draw(Simplex(sampler="simplex", shape=(4,), smallest=smallest, digits=digits), seed=seed)
    assert array.min() == smallest or smallest == 0.05
    assert smallest in array
    assert abs(array.sum() - 1) < 1e-15
    assert (array >= smallest).all()


def test_the_smallest_entry_stands_in_every_place():
    sampler = Simplex(sampler="simplex", shape=(3,), smallest=1e-6)
    assert {int(np.argmin(draw(sampler, seed=seed))) for seed in range(40)} == {0, 1, 2}


def test_equal_entries_are_equal():
    assert draw(Simplex(sampler="simplex", shape=(2, 3), equal=True, digits=1)).tolist() == [[1 / 3] * 3] * 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"shape": ()}, "last axis of at least 1"),
        ({"shape": (2, 0)}, "last axis of at least 1"),
        ({"shape": (3,), "least": 0.4}, "add up to more than 1"),
        ({"shape": (1,), "smallest": 0.1}, "can be the smallest"),
        ({"shape": (3,), "smallest": 0.4}, "can be the smallest"),
        ({"shape": (3,), "smallest": 0.1, "equal": True}, "can be the smallest"),
        ({"shape": (20,), "digits": 1}, "do not sum to 1 with 1 digits"),
    ],
)
def test_an_impossible_simplex_is_an_error(options, words):
    with pytest.raises(SamplingError, match=words):
        draw(Simplex(sampler="simplex", **options))


def test_a_smallest_entry_that_float32_loses_is_an_error():
    sampler = Simplex(sampler="simplex", shape=(3,), smallest=1e-60)
    assert draw(sampler).min() == 1e-60
    with pytest.raises(SamplingError, match="no 3 positive entries"):
        draw(sampler, dtype="float32")


# Matrices


def condition(matrix):
    values = np.linalg.svd(matrix.astype(np.float64), compute_uv=False)
    return values[0] / values[-1]


@settings(max_examples=100)
@given(
    SEEDS,
    st.integers(2, 6),
    st.sampled_from([((1.5, 10.0), 2), ((1.5, 10.0), None), ((1e6, 1e8), None), ((3.0, 3.0), None)]),
)
def test_definite_draws_are_symmetric_with_a_condition_in_the_range(seed, size, how):
    bounds, digits = how
    array = draw(PositiveDefinite(sampler="spd", shape=(2, size, size), condition=bounds, digits=digits), seed=seed)
    assert np.array_equal(array, np.swapaxes(array, 1, 2))
    for matrix in array:
        assert np.linalg.eigvalsh(matrix).min() > 0
        assert bounds[0] * 0.99 <= condition(matrix) <= bounds[1] * 1.01
    assert digits is None or on_grid(array, digits)


@settings(max_examples=100)
@given(SEEDS, st.integers(2, 6), st.sampled_from([((1.5, 10.0), 2), ((1e6, 1e8), None)]))
def test_triangular_draws_have_a_positive_diagonal_and_a_condition_in_the_range(seed, size, how):
    bounds, digits = how
    array = draw(
        LowerTriangular(sampler="lower_triangular", shape=(size, size), condition=bounds, digits=digits), seed=seed
    )
    assert not np.triu(array, 1).any()
    assert (np.diag(array) > 0).all()
    assert bounds[0] * 0.99 <= condition(array) <= bounds[1] * 1.01
    assert digits is None or on_grid(array, digits)


@pytest.mark.parametrize(
    "sampler",
    [
        PositiveDefinite(sampler="spd", shape=(9, 3, 3), scale=(4.0, 4.0)),
        LowerTriangular(sampler="lower_triangular", shape=(9, 3, 3), scale=(4.0, 4.0)),
    ],
)
def test_the_scale_is_the_geometric_mean_of_the_spectrum(sampler):
    assert np.allclose(np.linalg.det(draw(sampler)), 64.0)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_ill_conditioned_float32_draws_are_still_definite(dtype):
    array = draw(PositiveDefinite(sampler="spd", shape=(20, 3, 3), condition=(1e4, 1e6)), dtype=dtype)
    assert array.dtype == dtype
    assert (np.linalg.eigvalsh(array.astype(np.float64)) > 0).all()


@pytest.mark.parametrize("sampler", [PositiveDefinite, LowerTriangular])
def test_a_single_number_has_any_condition_and_nothing_has_none(sampler):
    name = "spd" if sampler is PositiveDefinite else "lower_triangular"
    assert (draw(sampler(sampler=name, shape=(3, 1, 1), condition=(5.0, 9.0))) > 0).all()
    assert draw(sampler(sampler=name, shape=(0, 0))).shape == (0, 0)
    assert draw(sampler(sampler=name, shape=(0, 2, 2))).shape == (0, 2, 2)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"shape": (2,)}, "two equal last axes"),
        ({"shape": (2, 3)}, "two equal last axes"),
        ({"shape": (2, 2), "condition": (9.0, 2.0)}, "from low to high"),
        ({"shape": (2, 2), "scale": (9.0, 2.0)}, "from low to high"),
        ({"shape": (2, 2), "scale": (0.01, 0.01), "digits": 1}, "positive definite matrix of size 2"),
        ({"shape": (3, 3), "condition": (1e7, 1e8), "digits": 1}, "positive definite matrix of size 3"),
    ],
)
def test_an_impossible_matrix_is_an_error(options, words):
    with pytest.raises(SamplingError, match=words):
        draw(PositiveDefinite(sampler="spd", **options))


def test_an_impossible_factor_is_an_error():
    with pytest.raises(SamplingError, match="lower-triangular matrix of size 2"):
        draw(LowerTriangular(sampler="lower_triangular", shape=(2, 2), scale=(0.01, 0.01), digits=1))


# Trusted functions


def from_function(returned, shape=(2,), dtype="float64", digits=None):
    sampler = FromFunction(sampler="function", function="m:f", shape=shape, digits=digits)
    return draw(sampler, dtype=dtype, functions=lambda name: lambda rng, shape: returned)


def test_a_function_gets_a_generator_and_the_shape():
    sampler = FromFunction(sampler="function", function="m:f", shape=("N",))
    array = draw(sampler, sizes={"N": 3}, functions=lambda name: lambda rng, shape: rng.normal(size=shape) + len(name))
    assert array.shape == (3,)


def test_what_a_function_returns_is_rounded_and_cast():
    assert from_function([0.26, 1.0], digits=1, dtype="float32").tolist() == np.float32([0.3, 1.0]).tolist()
    assert from_function(np.int8([1, 2]), dtype="float32").dtype == np.int64
    assert from_function(np.uint64([1, 2])).dtype == np.int64
    assert from_function([True, False]).dtype == bool


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (np.zeros(3), r"returned shape \(3,\), asked for \(2,\)"),
        (np.zeros(2, dtype=complex), "not real numbers"),
        (np.array(["a", "b"]), "not real numbers"),
        (np.array([np.nan, 1.0]), "not finite"),
        (np.array([1 << 63, 1], dtype=np.uint64), "int64"),
    ],
)
def test_what_a_function_may_not_return(returned, words):
    with pytest.raises(SamplingError, match=words):
        from_function(returned)
