"""Calls that were too many are taken back: a new process stands where the first one stood before them."""

import pytest

from grader.model.outcome import Crashed, OutOfMemory, Raised, Returned
from grader.sandbox.questions import question

COUNTS = """
import os, time
print("loaded")
count = 0
def f(x):
    global count
    count += 1
    print(count)
    return [count, os.getpid()]
def crash(x):
    os._exit(1)
def fails(x):
    return 1 / 0
def greed(x):
    return bytearray(1 << 40)
def nap(x):
    time.sleep(0.2)
    return x
def spin(x):
    end = time.process_time() + 0.1
    while time.process_time() < end: pass
    return x
"""


@pytest.fixture
def ask(call):
    def ask(session, *names):
        return session.ask([question(call(name, 0.0)) for name in names])

    return ask


def counts(outcomes):
    return [int(outcome.values[0][0]) for outcome in outcomes]


def test_what_was_taken_back_has_never_been_called(sandbox, submission, ask):
    with sandbox.session(submission(COUNTS)) as session:
        assert counts(ask(session, "f", "f")) == [1, 2]
        first = ask(session, "f", "f", "f")
        assert counts(first) == [3, 4, 5]
        session.take_back(2)
        second = ask(session, "f", "f")
        assert counts(second) == [4, 5]
        assert first[0].values[0][1] != second[0].values[0][1], "the same process"
        assert session.printed.text == "loaded\n1\n2\n3\n4\n5\n"
        assert not session.may_take_back


def test_all_calls_but_the_first_can_be_taken_back(sandbox, submission, ask):
    with sandbox.session(submission(COUNTS)) as session:
        ask(session, "f", "f", "f")
        session.take_back(2)
        assert counts(ask(session, "f")) == [2]
        assert session.printed.text == "loaded\n1\n2\n"


@pytest.mark.parametrize(("function", "kind"), [("crash", Crashed), ("greed", OutOfMemory), ("fails", Raised)])
def test_what_came_before_an_end_is_not_asked_again(sandbox, submission, ask, function, kind):
    with sandbox.session(submission(COUNTS)) as session:
        assert counts(ask(session, "f", "f")) == [1, 2]
        assert isinstance(ask(session, function)[0], kind)
        went_on = counts(ask(session, "f"))
        assert counts(ask(session, "f", "f")) == [went_on[0] + 1, went_on[0] + 2]
        session.take_back(1)
        # As it would have gone on without the last call: from the beginning only after a process that ended.
        assert counts(ask(session, "f")) == [went_on[0] + 2]


def test_a_call_too_many_that_ended_the_process_is_taken_back_too(sandbox, submission, ask):
    with sandbox.session(submission(COUNTS)) as session:
        counts(ask(session, "f"))
        assert [type(outcome) for outcome in ask(session, "f", "crash")] == [Returned, Crashed]
        session.take_back(1)
        assert counts(ask(session, "f")) == [3]
        assert session.printed.text == "loaded\n1\n2\n3\n"


def test_printed_text_that_was_cut_stays_cut(sandbox, submission, ask, limits):
    source = "def f(x):\n    print('x' * 3000)\n    return x\n"
    with sandbox.session(submission(source)) as session:
        ask(session, "f")
        ask(session, "f", "f")
        session.take_back(1)
        assert session.printed.truncated
        assert len(session.printed.text) == limits.printed_bytes
        ask(session, "f")
        assert session.printed.text == ("x" * 3000 + "\n") * 1 + "x" * (limits.printed_bytes - 3001)


def test_text_that_only_a_call_too_many_cut_is_whole_again(sandbox, submission, ask):
    source = "def f(x):\n    print('x' * 1500)\n    return x\n"
    with sandbox.session(submission(source)) as session:
        ask(session, "f")
        ask(session, "f", "f")
        session.take_back(1)
        assert not session.printed.truncated
        assert session.printed.text == ("x" * 1500 + "\n") * 2


def test_what_is_asked_twice_is_used_twice(sandbox, submission, ask):
    with sandbox.session(submission(COUNTS)) as session:
        ask(session, "nap")
        ask(session, "nap", "nap")
        session.take_back(1)
    assert session.usage.wall_s > 5 * 0.2 - 0.01
    assert session.usage.processes == 2


def test_cpu_seconds_of_both_processes_are_told(sandbox, submission, ask, level):
    with sandbox.session(submission(COUNTS)) as session:
        ask(session, "spin")
        ask(session, "spin", "spin")
        session.take_back(1)
    # Three by the first process, two by the second; a plain process's are not counted.
    assert session.usage.cpu_s == 0.0 if level == "none" else session.usage.cpu_s > 5 * 0.1
