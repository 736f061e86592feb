"""What python_literal writes is read back bit for bit; nothing else is read at all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.numerics.literals import LiteralError, assigned_arrays
from grader.numerics.rounding import python_literal

DTYPES = [np.bool_, np.int64, np.int8, np.uint64, np.float16, np.float32, np.float64]


@given(st.sampled_from(DTYPES).flatmap(lambda d: hnp.arrays(d, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0))))
def test_every_literal_reads_back_bit_for_bit(array):
    ((name, back),) = assigned_arrays(f"x = {python_literal(array)}")
    assert name == "x"
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    # The payload of a nan is not part of a literal.
    canonical = np.where(np.isnan(array), np.array(np.nan, array.dtype), array) if array.dtype.kind == "f" else array
    assert back.tobytes() == np.asarray(canonical).tobytes()


def test_several_assignments_keep_their_order_and_cannot_be_written_to():
    found = assigned_arrays("b = np.array([1.0, -0.0])\na = 3; c = np.zeros((0, 2))")
    assert [name for name, _ in found] == ["b", "a", "c"]
    assert np.signbit(found[0][1][1])
    assert found[2][1].shape == (0, 2)
    assert not any(value.flags.writeable for _, value in found)


@pytest.mark.parametrize(
    "source",
    [
        "x = ",
        "x",
        "x, y = 1, 2",
        "x = y = 1",
        "x = open('f')",
        "x = np.array(open('f'))",
        "x = np.array([1.0], dtype=object)",
        "x = np.array([1.0], dtype=np.object_)",
        "x = np.array([1.0], copy=True)",
        "x = np.array([[1.0], [1.0, 2.0]])",
        "x = np.array(['a'])",
        "x = 'a'",
        "x = 1j",
        "x = np.e",
        "x = np.load('f')",
        "x = np.fromfile(1)",
        "x = np.zeros(3)",
        "x = np.zeros((-1,))",
        "x = np.zeros((True,))",
        "x = np.zeros((0, 10**30))",
        "x = np.zeros((1048577,))",
        "x = np.zeros((0, 2000000))",
        "x = np.int8(300)",
        "x = 100000000000000000000000000000",
        "x = [1.0]",
        "import os",
        "x = " + "[" * 500 + "]" * 500,
        "x = np.array(" + "[" * 80 + "1" + "]" * 80 + ")",
    ],
)
def test_anything_else_is_refused(source):
    with pytest.raises(LiteralError):
        assigned_arrays(source)


def test_a_source_that_is_far_too_long_is_not_parsed():
    with pytest.raises(LiteralError, match="more than any"):
        assigned_arrays("x = 1".ljust((4 << 20) + 1))
