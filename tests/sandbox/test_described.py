"""What a submission's process says of a value is put into words by the parent; what is no such fact is refused."""

import numpy as np
import pytest

from grader.sandbox.described import unfit_words, what_it_is
from grader.sandbox.inside.convert import NotNumericError, TooLargeError, arrays_from_result, described
from grader.sandbox.inside.wire import WireError


class Integral:
    """A type whose name begins with a vowel."""


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "None"),
        ("x", "a str"),
        (Integral(), "an Integral"),
        ((1,), "a tuple of 1 value"),
        ([1, 2, 3], "a list of 3 values"),
        (np.zeros((2, 3), dtype=object), "an array of shape (2, 3) and dtype object"),
    ],
)
def test_each_kind_of_value_has_words(value, says):
    assert what_it_is(described(value)) == says


@pytest.mark.parametrize(
    ("value", "returns", "says"),
    [
        ({}, 1, "a dict"),
        ([1.0, {}], 2, "value 2 of 2: a dict"),
        ((1, 2, 3), 2, "a tuple of 3 values (2 values are due)"),
        ([[1], [1, 2]], 1, "a list of 2 values that is not an array of numbers"),
        (["a", "b"], 1, "a list of 2 values (as an array: dtype <U1)"),
        (np.array(["a"]), 1, "an array of shape (1,) and dtype <U1"),
    ],
)
def test_each_value_that_is_no_numbers_has_words(value, returns, says):
    with pytest.raises(NotNumericError) as caught:
        arrays_from_result(value, returns=returns, max_bytes=1 << 20)
    assert unfit_words(caught.value.facts) == says


@pytest.mark.skipif(np.lib.NumpyVersion(np.__version__) < "2.0.0", reason="numpy has at most 32 dimensions before 2.0")
def test_an_array_of_too_many_dimensions_has_words():
    with pytest.raises(NotNumericError) as caught:
        arrays_from_result(np.zeros((1,) * 40), returns=1, max_bytes=1 << 20)
    assert unfit_words(caught.value.facts) == "an array with 40 dimensions"


def test_a_value_that_is_too_large_has_words():
    with pytest.raises(TooLargeError) as caught:
        arrays_from_result([0.0, np.zeros(1000)], returns=2, max_bytes=4096)
    says = "value 2 of 2: an array of shape (1000,) and dtype float64: 8,000 bytes; 4,088 are allowed"
    assert unfit_words(caught.value.facts) == says.replace("4,088", "4,096")


@pytest.mark.parametrize(
    "facts",
    [
        (),
        ("", ""),
        ("", "", "is"),
        ("", "", "no such", "none"),
        ("", "", "is", "none", "more"),
        ("1", "2", "dimensions"),
    ],
)
def test_what_is_no_fact_is_refused(facts):
    with pytest.raises(WireError, match="describe no value"):
        unfit_words(facts)


@pytest.mark.parametrize("facts", [("list", "x"), ("list", "²"), ("list",), ("tuple", "-1"), ("object",), ("set", "1")])
def test_what_describes_no_value_is_refused(facts):
    with pytest.raises(WireError):
        what_it_is(facts)
