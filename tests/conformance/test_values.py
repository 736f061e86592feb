"""Numbers go down and come back as they are, whatever kind they are; what is no number is named."""

import numpy as np
import pytest

from grader.model.outcome import Malformed, NotNumeric, Raised, Returned, Unavailable

KINDS = ["bool", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16", ">f8", ">i4"]
SHAPES = [(), (3,), (0,), (2, 0, 3), (2, 3, 4), (1,) * 32]


def test_arrays_come_back_as_they_went_down(sandbox, submission, call):
    arrays = [
        (np.arange(np.prod(shape, dtype=int)) % 2).reshape(shape).astype(kind) for kind in KINDS for shape in SHAPES
    ]
    with sandbox.session(submission("def f(x): return x")) as session:
        outcomes = [session.call(call("f", array)) for array in arrays]
    for array, outcome in zip(arrays, outcomes, strict=True):
        assert isinstance(outcome, Returned), (array.dtype, array.shape)
        (value,) = outcome.values
        assert value.shape == array.shape
        assert value.dtype == array.dtype.newbyteorder("<")
        assert not value.flags.writeable
        np.testing.assert_array_equal(value, array)


def test_floats_come_back_bit_by_bit(sandbox, submission, call):
    special = np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324, np.finfo(float).max, 0.1])
    with sandbox.session(submission("def f(x): return x")) as session:
        outcome = session.call(call("f", special))
    assert outcome.values[0].tobytes() == special.tobytes()


def test_layout_is_the_students_affair(sandbox, submission, call):
    source = "import numpy as np\ndef f(x): return np.asfortranarray(x)[::-1, ::2]"
    with sandbox.session(submission(source)) as session:
        outcome = session.call(call("f", np.arange(12.0).reshape(3, 4)))
    np.testing.assert_array_equal(outcome.values[0], np.arange(12.0).reshape(3, 4)[::-1, ::2])


def test_scalars_are_handed_over_as_numpy_scalars(sandbox, submission, call):
    source = "def f(x): return [type(x).__name__ == 'float64', x.ndim == 0]"
    with sandbox.session(submission(source)) as session:
        assert session.call(call("f", 2.0)).values[0].all()


def test_arguments_are_fresh_and_writable_in_every_call(sandbox, submission, call):
    source = "seen = []\ndef f(x):\n    x += 1\n    seen.append(x)\n    return x"
    with sandbox.session(submission(source)) as session:
        first = session.call(call("f", np.zeros(3), want_inputs=True))
        second = session.call(call("f", np.zeros(3)))
    np.testing.assert_array_equal(first.values[0], np.ones(3))
    np.testing.assert_array_equal(first.inputs_after[0], np.ones(3))
    np.testing.assert_array_equal(second.values[0], np.ones(3))
    assert second.inputs_after == ()


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("None", "None"),
        ("'text'", "a str"),
        ("b'bytes'", "a bytes"),
        ("{}", "a dict"),
        ("{1, 2}", "a set"),
        ("object()", "an object"),
        ("print", "a builtin_function_or_method"),
        ("np", "a module"),
        ("(i for i in range(3))", "a generator"),
        ("[[1, 2], [3]]", "a list of 2 values that is not an array of numbers"),
        ("np.array(['a'])", "an array of shape (1,) and dtype <U1"),
        ("np.array([1, None])", "an array of shape (2,) and dtype object"),
        ("np.datetime64('2020')", "a datetime64"),
        ("[10 ** 100000]", "a list of 1 value (as an array: dtype object)"),
    ],
)
def test_what_is_no_number_is_named(sandbox, submission, call, expression, says):
    source = f"import numpy as np\ndef f(x): return {expression}"
    with sandbox.session(submission(source)) as session:
        outcome = session.call(call("f", 0.0))
    assert isinstance(outcome, NotNumeric), outcome
    assert says in outcome.says


@pytest.mark.parametrize(
    "expression",
    [
        "np.ma.masked_array([1.0, 2.0], mask=[0, 1])",
        "np.matrix([[1.0, 2.0]])",
        "np.array([1.0], dtype=np.longdouble)",
        "[1.0, 2.0]",
        "(1, 2.0)",
        "3",
        "True",
        "2j",
        "range(4)",
        "np.float16(1)",
        "np.broadcast_to(1.0, (3, 3))",
    ],
)
def test_what_numpy_takes_for_numbers_is_numbers(sandbox, submission, call, expression):
    source = f"import numpy as np\ndef f(x): return {expression}"
    with sandbox.session(submission(source)) as session:
        outcome = session.call(call("f", 0.0))
    assert isinstance(outcome, Returned), outcome
    assert type(outcome.values[0]) is np.ndarray
    assert outcome.values[0].dtype.itemsize <= 16


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("(1.0, 2.0, 3.0)", "a tuple of 3 values (2 values are due)"),
        ("1.0", "a float (2 values are due)"),
        ("np.ones(2)", "an array of shape (2,) and dtype float64 (2 values are due)"),
        ("(1.0, None)", "value 2 of 2: None"),
        ("None", "None (2 values are due)"),
    ],
)
def test_a_tuple_has_just_the_length_that_is_due(sandbox, submission, call, expression, says):
    source = f"import numpy as np\ndef f(x): return {expression}"
    with sandbox.session(submission(source)) as session:
        outcome = session.call(call("f", 0.0, returns=2))
    assert isinstance(outcome, NotNumeric)
    assert outcome.says == says


@pytest.mark.parametrize("expression", ["(1.0, np.ones(3))", "[1, np.ones((2, 2))]"])
def test_several_values_come_back_in_order(sandbox, submission, call, expression):
    source = f"import numpy as np\ndef f(x): return {expression}"
    with sandbox.session(submission(source)) as session:
        outcome = session.call(call("f", 0.0, returns=2))
    assert [value.ndim for value in outcome.values] == [0, outcome.values[1].ndim]
    assert outcome.values[0] == 1


@pytest.mark.parametrize("expression", ["np.zeros(1 << 20)", "np.broadcast_to(0.0, (1 << 20, 1 << 20))"])
def test_a_result_beyond_the_cap_is_refused_with_its_size(sandbox, submission, call, expression):
    source = f"import numpy as np\ndef f(x): return {expression}\ndef g(x): return x"
    with sandbox.session(submission(source)) as session:
        outcome = session.call(call("f", 0.0))
        assert isinstance(outcome, Malformed)
        assert "1,048,576 are allowed" in outcome.says
        assert isinstance(session.call(call("g", 0.0)), Returned)


def test_large_arguments_go_down_and_come_back_changed(sandbox, submission, call):
    big = np.arange(float(1 << 20))
    with sandbox.session(submission("def f(x):\n    x *= 2\n    return x[:3]")) as session:
        outcome = session.call(call("f", big, want_inputs=True))
    np.testing.assert_array_equal(outcome.inputs_after[0], 2 * big)


def test_random_numbers_depend_on_the_calls_seed_alone(sandbox, submission, call):
    source = "import random, numpy as np\ndef f(x): return [random.random(), np.random.rand()]"
    with sandbox.session(submission(source)) as session:
        first, other, again = (session.call(call("f", 0.0, seed=seed)).values[0] for seed in (7, (1 << 63) + 1, 7))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(("definition", "absence"), [("", "missing"), ("f = 3", "not_callable")])
def test_a_function_that_is_not_there_is_not_called(sandbox, submission, call, definition, absence):
    with sandbox.session(submission(definition)) as session:
        outcome = session.call(call("f", 0.0))
    assert isinstance(outcome, Unavailable)
    assert outcome.absence.value == absence
    assert "`f`" in outcome.says


def test_a_builtin_of_the_same_name_is_not_the_students_function(sandbox, submission, call):
    with sandbox.session(submission("")) as session:
        assert isinstance(session.call(call("sum", np.ones(3))), Unavailable)


def test_warnings_end_nothing_and_errors_of_numpy_are_its_defaults(sandbox, submission, call):
    source = "import warnings\ndef f(x):\n    warnings.warn('x')\n    return x / 0"
    with sandbox.session(submission(source)) as session:
        outcome = session.call(call("f", np.ones(2)))
        assert "RuntimeWarning" in session.printed.text
    assert np.isinf(outcome.values[0]).all()


@pytest.mark.parametrize("kind", ["SystemExit", "KeyboardInterrupt", "GeneratorExit", "StopIteration", "ValueError"])
def test_whatever_is_raised_is_raised(sandbox, submission, call, kind):
    with sandbox.session(submission(f"def f(x):\n    raise {kind}('so')\ndef g(x): return x")) as session:
        outcome = session.call(call("f", 0.0))
        assert outcome == Raised(type=kind, text="so", where="answer.py line 2", line=f"raise {kind}('so')")
        assert isinstance(session.call(call("g", 0.0)), Returned)
        assert session.usage.processes == 1
