"""The assignment as six tests, for graders that are not this one; copied beside their tests, with the calls they make.

Each test makes all of its calls and then compares, so that a wrong answer costs no fewer calls than a right one.
"""

import pickle
from pathlib import Path

import numpy as np

CALLS = Path(__file__).with_name("calls.pickle")
TESTS = ("grad_mu", "grad_pi", "grad_pi_constrained", "softmax_backward", "softmax_VJP", "softmax_VJP_far_out")
OFF = 1e-2
"""Of the largest entry, and 1e-8 at least: loose enough for a right answer in float32 on every case that is drawn."""


def check(name, function_of):
    """Raise AssertionError unless an answer passes a test.

    Parameters
    ----------
    name : str
        One of `TESTS`.
    function_of : callable
        From a function's name to the student's function.
    """
    calls = pickle.loads(CALLS.read_bytes())[name]
    answers = [_answer(function_of, call) for call in calls]
    for answer, call in zip(answers, calls, strict=True):
        if isinstance(answer, Exception):
            raise AssertionError(f"{call['function']} raised {type(answer).__name__}") from answer
        actual = answer if isinstance(answer, tuple) else (answer,)
        assert len(actual) == len(call["expected"])
        for one, due in zip(actual, call["expected"], strict=True):
            assert np.shape(one) == np.shape(due)
            assert np.max(np.abs(one - due), initial=0.0) <= OFF * max(1e-6, np.max(np.abs(due), initial=0.0))


def _answer(function_of, call):
    try:
        with np.errstate(all="ignore"):
            return function_of(call["function"])(*(np.array(a) if a.ndim else a[()] for a in call["arguments"]))
    except Exception as error:  # noqa: BLE001 - whatever a student's function raises
        return error
