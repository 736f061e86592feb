"""From an outcome to numbers, or to the finding that says why not."""

import numpy as np
import pytest

from grader.checks.finding import CaseFinding
from grader.checks.receive import receive
from grader.model.outcome import (
    Absence,
    Crashed,
    Malformed,
    NotNumeric,
    OutOfMemory,
    Raised,
    TimedOut,
    Unavailable,
)
from grader.model.report import Finding, Verdict
from tests.checks.worlds import KnownFacts, case, problem, returned, vjp

CASE = case()
PROBLEM = problem()
EXPECTED = KnownFacts().expected(PROBLEM, CASE)


@pytest.mark.parametrize(
    ("outcome", "finding", "detail"),
    [
        (Raised(type="ValueError", text="no", where="a.py line 3", line="x"), Finding.RAISED, "ValueError: no"),
        (Raised(type="KeyError", text="", where="", line=""), Finding.RAISED, "KeyError"),
        (NotNumeric(says="None"), Finding.NOT_NUMERIC, "None"),
        (TimedOut(limit_s=2.5, cpu=False), Finding.TIMED_OUT, "2.5 seconds"),
        (TimedOut(limit_s=3.0, cpu=True), Finding.TIMED_OUT, "3 seconds of computing"),
        (OutOfMemory(limit_bytes=1 << 30), Finding.OUT_OF_MEMORY, "1 GiB"),
        (Crashed(says="ended by signal SIGSEGV"), Finding.CRASHED, "ended by signal SIGSEGV"),
        (Malformed(says="forged"), Finding.MALFORMED, "forged"),
        (Unavailable(absence=Absence.MISSING, says="m"), Finding.MISSING, "m"),
        (Unavailable(absence=Absence.NOT_CALLABLE, says="a float"), Finding.NOT_CALLABLE, "a float"),
        (Unavailable(absence=Absence.NOT_LOADED, says="l"), Finding.NOT_LOADED, "l"),
        (Unavailable(absence=Absence.SKIPPED, says="s"), Finding.SKIPPED, "s"),
        (returned(np.zeros((2, 4), complex)), Finding.COMPLEX, "the answer has dtype complex128"),
        (returned(np.zeros((2, 4), bool)), Finding.NOT_NUMERIC, "True and False instead of numbers"),
    ],
)
def test_whatever_is_not_numbers_of_the_right_shape_disagrees(outcome, finding, detail):
    found = receive(PROBLEM, CASE, outcome, EXPECTED)
    assert isinstance(found, CaseFinding)
    assert (found.verdict, found.finding, found.detail) == (Verdict.DISAGREES, finding, detail)
    assert np.array_equal(found.due[0], EXPECTED[0].value)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int64", "uint8"])
def test_real_numbers_of_any_dtype_are_received_as_float64(dtype):
    value = np.arange(8).reshape(2, 4).astype(dtype)
    (received,) = receive(PROBLEM, CASE, returned(value), EXPECTED)
    assert received.dtype == np.float64
    assert np.array_equal(received, value)


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        ((4, 2), "the answer has shape (4, 2); it should be (2, 4) = (N, C). It is the transpose that is asked for."),
        ((2,), "the answer has shape (2,); it should be (2, 4) = (N, C)"),
        ((1, 2, 4), "the answer has shape (1, 2, 4); it should be (2, 4) = (N, C)"),
        ((), "the answer has shape (); it should be (2, 4) = (N, C)"),
    ],
)
def test_a_wrong_shape_names_both_shapes_and_never_broadcasts(shape, says):
    found = receive(PROBLEM, CASE, returned(np.ones(shape)), EXPECTED)
    assert isinstance(found, CaseFinding)
    assert found.finding is Finding.WRONG_SHAPE
    assert found.detail == says


def test_keepdims_is_asked_about_only_where_it_would_mend_the_shape():
    sums = problem(returns=({"name": "s", "shape": ("N", 1)},))
    expected = KnownFacts(lambda Z, V: np.sum(Z * V, axis=1, keepdims=True)).expected(sums, CASE)
    asked = receive(sums, CASE, returned(np.ones(2)), expected)
    assert isinstance(asked, CaseFinding)
    assert asked.detail.endswith("Did you forget keepdims=True?")
    not_asked = receive(sums, CASE, returned(np.ones(4)), expected)
    assert isinstance(not_asked, CaseFinding)
    assert "keepdims" not in not_asked.detail


def test_a_single_number_is_due_as_a_scalar():
    single = problem(returns=({"name": "s", "shape": ()},))
    expected = KnownFacts(lambda Z, V: np.sum(Z * V)).expected(single, CASE)
    found = receive(single, CASE, returned(np.ones(1)), expected)
    assert isinstance(found, CaseFinding)
    assert found.detail == "the answer has shape (1,); it should be (), a single number"


def test_each_of_several_values_is_named():
    two = problem(returns=({"name": "r", "shape": ()}, {"name": "z", "shape": ("N", "C")}))
    expected = KnownFacts(lambda Z, V: (np.sum(Z), vjp(Z, V))).expected(two, CASE)
    found = receive(two, CASE, returned(1.0, np.ones((4, 2))), expected)
    assert isinstance(found, CaseFinding)
    assert found.detail.startswith("z has shape (4, 2)")


def test_a_signalling_nan_is_received_without_a_word():
    value = np.full((2, 4), 0x7FA00000, np.uint32).view(np.float32)
    (received,) = receive(PROBLEM, CASE, returned(value), EXPECTED)
    assert np.isnan(received).all()
