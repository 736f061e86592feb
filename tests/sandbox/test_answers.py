"""Answers of a submission's process become outcomes that are safe to show, or are refused."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.model.case import Call
from grader.model.outcome import Raised, Returned
from grader.model.submission import Chunk, Submission
from grader.sandbox.answers import Reader, clean_text
from grader.sandbox.inside import wire

SUBMISSION = Submission(
    path="a.py", student="a", sha256="", chunks=(Chunk(label="a.py", source="one\ntwo\n"), Chunk(label="b", source=""))
)
CALL = Call(function="f", arguments=(np.zeros(2),), returns=1, seed=0)
READER = Reader(SUBMISSION, memory_bytes=1)


def header(kind: wire.Kind, body: bytes) -> wire.Header:
    return wire.Header(kind=kind, index=1, nonce=1, length=len(body))


@settings(max_examples=500)
@given(st.sampled_from(list(wire.Kind)), st.binary(max_size=200))
def test_any_answer_is_an_outcome_or_refused_and_nothing_else(kind, body):
    try:
        outcome = READER.outcome(header(kind, body), bytearray(body), CALL)
    except wire.WireError:
        return
    if isinstance(outcome, Returned):
        assert len(outcome.values) == 1
        assert outcome.inputs_after == ()
    if isinstance(outcome, Raised):
        assert outcome.where in {"", "a.py line 1", "a.py line 2", "a.py line 3", "b line 1"}


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_any_list_of_failures_is_read_or_refused_and_nothing_else(body):
    try:
        failures = READER.failures(body)
    except wire.WireError:
        return
    assert [failure.label for failure in failures] in ([], ["a.py"], ["b"], ["a.py", "b"])


def raised(label: str, line: int) -> bytes:
    return b"".join(map(wire.put_text, ("E", "text", label))) + wire.put_u32(line)


@pytest.mark.parametrize(
    ("label", "line", "where", "text"),
    [
        ("a.py", 2, "a.py line 2", "two"),
        ("a.py", 99, "", ""),
        ("a.py", 0, "", ""),
        ("/etc/passwd", 1, "", ""),
        ("", 0, "", ""),
    ],
)
def test_a_place_is_one_of_the_submissions_own_or_none(label, line, where, text):
    body = raised(label, line)
    outcome = READER.outcome(header(wire.Kind.RAISED, body), bytearray(body), CALL)
    assert (outcome.where, outcome.line) == (where, text)


@pytest.mark.parametrize("numbers", [(1, 0), (0, 0), (2,), (7,)])
def test_chunks_fail_once_and_in_order(numbers):
    body = wire.put_u32(len(numbers)) + b"".join(wire.put_u32(n) + raised("a.py", 1) for n in numbers)
    with pytest.raises(wire.WireError, match="cannot have failed"):
        READER.failures(body)


@pytest.mark.parametrize(("values", "inputs"), [(0, 0), (2, 0), (1, 1)])
def test_as_many_values_come_as_are_due(values, inputs):
    body = wire.put_arrays([np.zeros(2)] * values) + wire.put_arrays([np.zeros(2)] * inputs)
    with pytest.raises(wire.WireError, match="are due"):
        READER.outcome(header(wire.Kind.RETURNED, body), bytearray(body), CALL)


def test_returned_arrays_are_copies_that_nobody_can_write_to():
    body = bytearray(wire.put_arrays([np.ones(2)]) + wire.put_arrays([]))
    outcome = READER.outcome(header(wire.Kind.RETURNED, body), body, CALL)
    body[-20:] = bytes(20)
    np.testing.assert_array_equal(outcome.values[0], np.ones(2))
    assert not outcome.values[0].flags.writeable


@given(st.text())
def test_clean_text_is_short_and_steers_nothing(text):
    clean = clean_text(text, max_characters=50)
    assert len(clean) <= 50
    assert not any((ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160 for c in clean)
    assert not any(c in "\u202e\u2066\u200f\u2028" for c in clean)
    assert clean_text(clean, max_characters=50) == clean


def test_addresses_are_blanked():
    assert clean_text("<f at 0x7f12AB>, <g at 0x1>") == "<f at 0x…>, <g at 0x…>"


def test_where_a_library_lies_is_cut_off_its_files_names():
    library = np.__file__.removesuffix("__init__.py")
    text = clean_text(f"{library}linalg.py:7: RuntimeWarning: overflow")
    assert text in {"numpy/linalg.py:7: RuntimeWarning: overflow", "numpy\\linalg.py:7: RuntimeWarning: overflow"}
    assert clean_text(f"{json.__file__}:1: Warning").startswith("json")
