"""Pipes: an exchange ends with a frame, a closed pipe, a deadline or a refusal, and never later than its deadline."""

import os
import sys
import threading
import time

import pytest

from grader.sandbox.channel import FEW, ClosedError, DeadlineError, PipeChannel, Printed, ThreadChannel
from grader.sandbox.inside import wire

KINDS = [ThreadChannel] if sys.platform == "win32" else [PipeChannel, ThreadChannel]
ANSWER = wire.frame(wire.Kind.RETURNED, index=1, nonce=2, body=[b"body"])
FAR = 20.0


class Ends:
    """A channel, and the other ends of its pipes."""

    def __init__(self, kind):
        job_read, job_write = os.pipe()
        result_read, result_write = os.pipe()
        printed_read, printed_write = os.pipe()
        self.job, self.result, self.printed = job_read, result_write, printed_write
        self.channel = kind(job_write, result_read, printed_read)
        self.channel.output = Printed(100)
        self._open = {self.job, self.result, self.printed}

    def close(self, *descriptors):
        for descriptor in descriptors or tuple(self._open):
            self._open.discard(descriptor)
            os.close(descriptor)


@pytest.fixture(params=KINDS)
def ends(request):
    made = Ends(request.param)
    yield made
    made.close()
    made.channel.close()


def exchange(ends, request=b"", seconds=FAR, max_body=100):
    return ends.channel.exchange(request, deadline=time.monotonic() + seconds, max_body=max_body)


def drained_until(ends, done):
    """Another thread may read what was printed: a busy machine runs it when it likes."""
    end = time.monotonic() + FAR
    while not done() and time.monotonic() < end:
        ends.channel.drain()
    assert done()


def later(work, *arguments):
    thread = threading.Thread(target=work, args=arguments)
    thread.start()
    return thread


def test_a_frame_is_returned_whole_and_no_byte_more_is_taken(ends):
    os.write(ends.result, ANSWER + ANSWER)
    for _ in range(2):
        header, body = exchange(ends)
        assert (header.kind, header.index, header.nonce, bytes(body)) == (wire.Kind.RETURNED, 1, 2, b"body")


def test_a_frame_in_single_bytes_is_whole_in_the_end(ends):
    thread = later(lambda: [os.write(ends.result, bytes([byte])) for byte in ANSWER])
    assert bytes(exchange(ends)[1]) == b"body"
    thread.join()


def test_a_request_larger_than_a_pipe_goes_down_while_output_comes_up(ends):
    request = bytes(1 << 20)

    def read():
        left = len(request)
        while left:
            left -= len(os.read(ends.job, min(left, 1 << 16)))
            os.write(ends.printed, b"x" * 1000)
        os.write(ends.result, ANSWER)

    thread = later(read)
    assert bytes(exchange(ends, request)[1]) == b"body"
    thread.join()
    drained_until(ends, lambda: ends.channel.output.truncated)
    assert bytes(ends.channel.output.kept) == b"x" * 100


@pytest.mark.parametrize("cut", [0, 1, wire.HEADER.size - 1, wire.HEADER.size, len(ANSWER) - 1])
def test_a_frame_that_is_cut_short_is_a_closed_pipe(ends, cut):
    os.write(ends.result, ANSWER[:cut])
    ends.close(ends.result)
    with pytest.raises(ClosedError):
        exchange(ends)
    with pytest.raises(ClosedError):
        exchange(ends)


@pytest.mark.parametrize("cut", [0, 10, wire.HEADER.size + 2])
def test_a_frame_that_does_not_go_on_ends_at_the_deadline(ends, cut):
    os.write(ends.result, ANSWER[:cut])
    with pytest.raises(DeadlineError):
        exchange(ends, seconds=0.01)


def test_a_request_that_nobody_reads_ends_at_the_deadline(ends):
    with pytest.raises(DeadlineError):
        exchange(ends, bytes(1 << 20), seconds=0.01)
    ends.close()


def test_a_flood_of_output_does_not_put_the_deadline_off(ends):
    stop = threading.Event()

    def flood():
        while not stop.is_set():
            os.write(ends.printed, b"x" * 1000)

    thread = later(flood)
    with pytest.raises(DeadlineError):
        exchange(ends, seconds=0.05)
    stop.set()
    while thread.is_alive():
        ends.channel.drain()


def test_bytes_that_nobody_asked_for_are_refused(ends):
    os.write(ends.result, ANSWER + b"x")
    exchange(ends)
    if isinstance(ends.channel, ThreadChannel):
        # Its thread has to have seen the byte; that it came in one piece with the frame makes it so.
        assert ends.channel._assembly.data
    with pytest.raises(wire.WireError, match="nobody had asked"):
        exchange(ends, b"request")


def test_what_is_no_frame_is_refused_before_its_body_is_read(ends):
    os.write(ends.result, wire.HEADER.pack(wire.MAGIC, 18, 0, 0, 1 << 62))
    with pytest.raises(wire.WireError, match="100 are allowed"):
        exchange(ends)


def test_a_closed_output_stops_nothing(ends):
    ends.close(ends.printed)
    os.write(ends.result, ANSWER)
    assert bytes(exchange(ends)[1]) == b"body"
    ends.channel.drain()


def test_a_process_that_ended_before_the_request_is_a_closed_pipe(ends):
    ends.close()
    with pytest.raises(ClosedError):
        exchange(ends, b"request")


def test_muted_output_is_taken_and_thrown_away(ends):
    with ends.channel.output.mute():
        os.write(ends.printed, b"x" * 1000)
        os.write(ends.result, ANSWER)
        exchange(ends)
        ends.channel.drain()
    assert not ends.channel.output.kept
    assert not ends.channel.output.truncated


def test_answers_that_more_follow_are_looked_for_now_and_then_and_none_is_lost(ends):
    thread = later(lambda: [os.write(ends.result, ANSWER) for _ in range(50)])
    for left in reversed(range(50)):
        header, body = ends.channel.exchange(b"", deadline=time.monotonic() + FAR, max_body=100, due=left)
        assert (header.index, bytes(body)) == (1, b"body")
    thread.join()


def test_an_answer_that_more_should_follow_and_that_does_not_come_ends_at_the_deadline(ends):
    with pytest.raises(DeadlineError):
        ends.channel.exchange(b"", deadline=time.monotonic() + 0.01, max_body=100, due=FEW)


def test_answers_that_were_given_before_the_end_are_taken_before_it_is_told(ends):
    os.write(ends.result, ANSWER + ANSWER)
    ends.close(ends.result)
    for _ in range(2):
        assert bytes(ends.channel.exchange(b"", deadline=time.monotonic() + FAR, max_body=100, due=FEW)[1]) == b"body"
    with pytest.raises(ClosedError):
        ends.channel.exchange(b"", deadline=time.monotonic() + FAR, max_body=100, due=FEW)


def test_what_came_with_an_answer_is_taken_without_a_wait_and_nothing_else_is(ends):
    assert ends.channel.came(100) is None
    os.write(ends.result, ANSWER + ANSWER + ANSWER[:-1])
    exchange(ends)
    header, body = ends.channel.came(100)
    assert (header.index, header.nonce, bytes(body)) == (1, 2, b"body")
    assert ends.channel.came(100) is None
    os.write(ends.result, ANSWER[-1:])
    assert bytes(exchange(ends)[1]) == b"body"


@pytest.mark.parametrize(
    "bad", [b"x" * wire.HEADER.size, wire.frame(wire.Kind.RETURNED, index=1, nonce=2, body=[bytes(9)])]
)
def test_what_came_with_an_answer_is_refused_as_it_would_be_alone(ends, bad):
    os.write(ends.result, ANSWER + bad)
    exchange(ends, max_body=8)
    with pytest.raises(wire.WireError):
        ends.channel.came(8)
