import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.numerics import rounding
from grader.numerics.rounding import python_literal, smallest_normal, unit_roundoff

DTYPES = st.sampled_from(["bool", "int8", "uint8", "int64", "uint64", "float16", "float32", "float64"])


def evaluated(source):
    return np.asarray(eval(source, {"np": np}))


@given(
    DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)))
)
@example(np.array(-0.0))
@example(np.array([-0.0, 0.0, np.inf, -np.inf, 5e-324, 1.7976931348623157e308]))
@example(np.array([[1e-45, 0.1, 16777217.0]], dtype=np.float32))
@example(np.array(0.1, dtype=np.float32))
@example(np.zeros((2, 0), dtype=bool))
def test_a_literal_evaluates_to_the_same_bits(array):
    again = evaluated(python_literal(array))
    assert again.dtype == array.dtype
    assert again.shape == array.shape
    if array.dtype.kind == "f":
        assert np.array_equal(np.isnan(again), np.isnan(array))
        array, again = np.nan_to_num(array, nan=0.0), np.nan_to_num(again, nan=0.0)
    assert again.tobytes() == np.ascontiguousarray(array).tobytes()


def test_a_literal_is_the_shortest_that_a_person_could_type():
    assert python_literal(np.array([[0.5, 1.0]])) == "np.array([[0.5, 1.0]])"
    assert python_literal(np.array([0.1], dtype=np.float32)) == "np.array([0.1], dtype=np.float32)"
    assert python_literal(np.array([1, 2])) == "np.array([1, 2])"
    assert python_literal(np.float64(0.1)) == "0.1"
    assert python_literal(np.float32(0.1)) == "np.float32(0.1)"
    assert python_literal(np.array([np.nan, np.inf, -np.inf])) == "np.array([np.nan, np.inf, -np.inf])"
    assert python_literal(np.zeros((0, 3))) == "np.zeros((0, 3))"
    assert python_literal(np.zeros((0,), dtype=np.int64)) == "np.zeros((0,), dtype=np.int64)"


def test_a_float32_whose_shortest_decimal_rounds_twice_to_its_neighbour_keeps_its_bits():
    # No such number is known among the usual ones; one is made by a decimal that is short but wrong.
    class Misleading(np.float32):
        def __str__(self):
            return "0.5"

    assert rounding._number(Misleading(0.1)) == repr(float(np.float32(0.1)))


def test_long_literals_put_each_row_on_its_own_line():
    array = np.arange(60.0).reshape(3, 4, 5) + 0.25
    source = python_literal(array)
    assert source.count("\n") == 11
    assert max(len(line) for line in source.splitlines()) < 60
    assert np.array_equal(evaluated(source), array)


@pytest.mark.parametrize("dtype", ["complex128", "longdouble", "U3", "object"])
def test_other_dtypes_have_no_literal(dtype):
    with pytest.raises(TypeError, match="no literal"):
        python_literal(np.zeros(2, dtype=dtype))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_roundoff_is_the_largest_error_of_rounding_one_plus_something(dtype):
    info = np.finfo(dtype)
    u = unit_roundoff(dtype)
    assert 2 * u == info.eps
    one = np.dtype(dtype).type(1)
    assert one + np.dtype(dtype).type(u) == 1  # a tie goes to even
    assert one + np.dtype(dtype).type(u * 1.01) > 1
    assert smallest_normal(dtype) == info.smallest_normal


@pytest.mark.parametrize("function", [unit_roundoff, smallest_normal])
def test_a_precision_that_is_not_known_is_refused(function):
    with pytest.raises(AssertionError):
        function("float16")
