"""Many calls in one frame: each has the limits, and comes to the end, that it would have alone."""

import time

import numpy as np
import pytest

from grader.model.outcome import Absence, Crashed, Malformed, NotNumeric, OutOfMemory, Raised, Returned, TimedOut
from grader.sandbox.questions import GROUP_BYTES, question

SOURCE = """
import os, sys
count = 0
def f(x):
    global count
    count += 1
    print(count)
    return x + count
def g(x):
    return -x
def none(x):
    return None
def fails(x):
    return 1 / 0
def writes(x):
    x += 1
    return x
def loop(x):
    while True: pass
def leave(x):
    os._exit(3)
def greed(x):
    return bytearray(1 << 40)
def much(x):
    return [0.0] * (1 << 20)
"""


@pytest.fixture
def asked(sandbox, submission, call):
    """Ask for calls of functions by name, all at once."""

    def ask(*names, argument=0.0):
        with sandbox.session(submission(SOURCE)) as session:
            outcomes = session.ask([question(call(name, argument, want_inputs=True)) for name in names])
            return outcomes, session.printed.text

    return ask


def test_outcomes_come_in_order_and_say_each_what_its_call_did(asked):
    outcomes, printed = asked("f", "fails", "none", "missing", "f", "g", argument=2.0)
    kinds = [type(outcome).__name__ for outcome in outcomes]
    assert kinds == ["Returned", "Raised", "NotNumeric", "Unavailable", "Returned", "Returned"]
    assert [float(outcomes[i].values[0]) for i in (0, 4, 5)] == [3.0, 4.0, -2.0]
    assert outcomes[3].absence is Absence.MISSING
    assert isinstance(outcomes[1], Raised)
    assert isinstance(outcomes[2], NotNumeric)
    assert printed == "1\n2\n"


def test_an_input_that_was_changed_comes_back_changed_and_only_that(asked):
    untouched, changed, again = asked("g", "writes", "g", argument=np.array([1.0, 2.0]))[0]
    np.testing.assert_array_equal(changed.inputs_after[0], [2.0, 3.0])
    for outcome in (untouched, again):
        np.testing.assert_array_equal(outcome.inputs_after[0], [1.0, 2.0])


@pytest.mark.parametrize(("function", "kind"), [("leave", Crashed), ("greed", OutOfMemory), ("much", Malformed)])
def test_what_had_to_be_ended_is_the_last_that_is_answered_and_keeps_those_before(asked, function, kind):
    outcomes, printed = asked("f", "f", function, "f")
    assert [type(outcome) for outcome in outcomes] == [Returned, Returned, kind]
    # What was not answered has not been run, either.
    assert printed == "1\n2\n"


def test_what_does_not_end_is_the_last_that_is_answered_and_keeps_those_before(hasty, submission, call):
    with hasty.session(submission(SOURCE)) as session:
        outcomes = session.ask([question(call(name, 0.0)) for name in ("f", "f", "loop", "f")])
        assert session.printed.text == "1\n2\n"
    assert [type(outcome) for outcome in outcomes[:2]] == [Returned, Returned]
    assert outcomes[2:] == (TimedOut(limit_s=1.0, cpu=False),)


def test_the_calls_after_one_that_was_ended_are_made_when_they_are_asked_for_again(sandbox, submission, call):
    with sandbox.session(submission(SOURCE)) as session:
        first = session.ask([question(call(name, 0.0)) for name in ("leave", "f")])
        second = session.ask([question(call(name, 0.0)) for name in ("f", "g")])
    assert [type(outcome) for outcome in first + second] == [Crashed, Returned, Returned]


def test_each_call_has_a_calls_time_not_all_together(hasty, submission, call):
    nap = "import time\ndef nap(x):\n    time.sleep(0.12)\n    return x\n"
    started = time.monotonic()
    with hasty.session(submission(nap)) as session:
        outcomes = session.ask([question(call("nap", 0.0))] * 10)
    assert [type(outcome) for outcome in outcomes] == [Returned] * 10
    # Together they took longer than one of them may.
    assert time.monotonic() - started > 1.0


def test_more_than_one_frame_holds_is_asked_in_several(sandbox, submission, call):
    large = np.arange(GROUP_BYTES / 24)
    with sandbox.session(submission(SOURCE)) as session:
        outcomes = session.ask([question(call("g", large + i)) for i in range(8)])
    assert [float(outcome.values[0][0]) for outcome in outcomes] == [-float(i) for i in range(8)]


def test_nothing_is_made_of_a_submission_that_cannot_be_loaded(sandbox, submission, call):
    with sandbox.session(submission("import os\nos._exit(0)")) as session:
        outcomes = session.ask([question(call("f", 0.0))] * 3)
    assert [outcome.absence for outcome in outcomes] == [Absence.NOT_LOADED] * 3


def test_an_answer_ahead_of_a_question_of_another_frame_is_malformed(sandbox, submission, call):
    ahead = """
import os
def f(x):
    if x == 2:
        os.write(4, b"GRF1" + bytes(24))
    return x
"""
    with sandbox.session(submission(ahead)) as session:
        one = session.ask([question(call("f", float(i))) for i in range(3)])
        two = session.ask([question(call("f", 0.0))])
    if sandbox.report.level != "N":
        assert [type(outcome) for outcome in (*one, *two)] == [Returned, Returned, Malformed, Returned]
