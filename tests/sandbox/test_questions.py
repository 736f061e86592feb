"""Answers that came before, to the last byte, are the same object; what is kept of them is bounded."""

import numpy as np
import pytest

from grader.model.case import Call
from grader.model.outcome import Raised, Returned
from grader.sandbox import questions
from grader.sandbox.inside.wire import WireError


@pytest.fixture
def asked():
    return questions.question(Call(function="f", arguments=(np.zeros(2),), returns=1, seed=1))


def returned():
    return Returned(values=(np.zeros(1),))


def test_the_same_bytes_are_read_once_and_are_the_same_object(asked):
    first = asked.read(bytearray(b"a"), returned)
    assert asked.read(bytearray(b"a"), lambda: pytest.fail("it was read again")) is first
    assert asked.read(bytearray(b"b"), returned) is not first


def test_questions_do_not_share_their_answers(asked):
    other = questions.question(asked.call)
    assert other.read(bytearray(b"a"), returned) is not asked.read(bytearray(b"a"), returned)


def test_nothing_but_numbers_is_kept(asked):
    raised = Raised(type="ValueError", text="", where="", line="")
    assert asked.read(bytearray(b"a"), lambda: raised) is raised
    assert isinstance(asked.read(bytearray(b"a"), returned), Returned)


def test_bytes_that_are_refused_are_refused_again(asked):
    def refuse():
        raise WireError("cut short")

    for _ in range(2):
        with pytest.raises(WireError):
            asked.read(bytearray(b"a"), refuse)


@pytest.mark.parametrize(("bound", "value"), [("KEPT_ANSWERS", 1), ("KEPT_BYTES", 3)])
def test_what_is_kept_is_bounded(monkeypatch, asked, bound, value):
    monkeypatch.setattr(questions, bound, value)
    kept = asked.read(bytearray(b"abc"), returned)
    more = asked.read(bytearray(b"d"), returned)
    assert asked.read(bytearray(b"abc"), returned) is kept
    assert asked.read(bytearray(b"d"), returned) is not more


def test_questions_that_share_a_room_keep_no_more_than_it_holds(asked):
    room = questions.Room(2 * (1 + questions.ANSWER_OVERHEAD))
    one, other = (questions.question(asked.call, room) for _ in range(2))
    kept = [one.read(bytearray(b"a"), returned), other.read(bytearray(b"a"), returned)]
    assert one.read(bytearray(b"b"), returned) is not one.read(bytearray(b"b"), returned)
    assert [one.read(bytearray(b"a"), returned), other.read(bytearray(b"a"), returned)] == kept
