"""The parent's ends of a submission's pipes: frames with a deadline, and what the submission prints, capped.

Nothing here blocks longer than its deadline, whatever the other side does or leaves undone.
"""

import contextlib
import os
import queue
import select
import threading
import time
from collections.abc import Iterator
from typing import Protocol

from grader.sandbox.inside import wire

READ_BYTES = 1 << 16
"""What a pipe holds on Linux by default (pipe(7)): more is never there at once."""
FEW = 8
"""Answers of which each is waited for."""
CALL_S = 25e-6
"""Less than most calls take, with all that belongs to them."""
GLANCE_S, LONG_GLANCE_S, LONGEST_GLANCE_S = 0.001, 0.003, 0.02
"""Where many answers are due: to be woken by each would cost more than most of them do. They are looked for after the
time in which some may have come, but from one to three milliseconds, for a pipe does not hold many; then after twice
that, and so on. By the longest of these times may a call overrun its limit."""


class ClosedError(Exception):
    """The other side has closed its end: the process has ended."""


class DeadlineError(Exception):
    """The deadline has passed."""


class Printed:
    """What a submission printed: the head is kept, the rest is thrown away as it comes.

    Parameters
    ----------
    max_bytes : int
        How much is kept.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self.kept = bytearray()
        self.truncated = False
        self._muted = False

    def add(self, data: bytes) -> None:
        """Keep the data as far as there is room."""
        if self._muted:
            return
        room = self._max_bytes - len(self.kept)
        self.kept += data[:room]
        self.truncated = self.truncated or len(data) > room

    @contextlib.contextmanager
    def mute(self) -> Iterator[None]:
        """Keep nothing for a while: what runs a second time prints the same again."""
        before, self._muted = self._muted, True
        try:
            yield
        finally:
            self._muted = before

    def cut(self, size: int, *, truncated: bool) -> None:
        """Forget what has come since so many bytes were kept, and since there was more or was not."""
        del self.kept[size:]
        self.truncated = truncated


class Channel(Protocol):
    """The pipes to one process."""

    output: Printed
    """Where printed text goes."""

    def exchange(
        self, request: bytes, *, deadline: float, max_body: int, due: int = 0
    ) -> tuple[wire.Header, bytearray]:
        """Send a frame (or nothing) and return the next one that comes.

        Parameters
        ----------
        request : bytes
            What to send; empty to only wait.
        deadline : float
            In seconds of `time.monotonic`.
        max_body : int
            The most bytes that the answer's body may have.
        due : int
            How many answers come after this one: where there are many, it is not taken at the very moment it comes.

        Raises
        ------
        ClosedError, DeadlineError, WireError
            If the process ends, the time is up, or the bytes are not a frame. Also WireError if bytes came before they
            were asked for.
        """

    def came(self, max_body: int) -> tuple[wire.Header, bytearray] | None:
        """Return the next frame if it has been read already, with the one before it; None where it has not.

        Parameters
        ----------
        max_body : int
            As in `exchange`.

        Raises
        ------
        WireError
            If the bytes are not a frame.
        """

    def drain(self) -> None:
        """Take what has been printed so far, without waiting."""

    def close(self) -> None:
        """Close the parent's ends."""


class _Assembly:
    """Takes frames, one at a time, off the front of the bytes that have come."""

    def __init__(self) -> None:
        self.data = bytearray()
        self._header: wire.Header | None = None

    def frame(self, max_body: int) -> tuple[wire.Header, bytearray] | None:
        """Return the next frame; None while it is not whole."""
        data, size, header = self.data, wire.HEADER.size, self._header
        if header is None:
            if len(data) < size:
                return None
            # Refused, if need be, before its body is waited for.
            self._header = header = wire.read_header(data[:size], max_body=max_body)
        end = size + header.length
        if len(data) < end:
            return None
        self._header = None
        body = data[size:end]
        del data[:end]
        return header, body


class PipeChannel:
    """Pipes on a Unix: one thread, no blocking call.

    Parameters
    ----------
    job, result, printed : int
        Descriptors: written to, read from, read from. They are closed by `close`.
    """

    def __init__(self, job: int, result: int, printed: int) -> None:
        self._job, self._result, self._printed = job, result, printed
        self.output = Printed(0)
        for descriptor in (job, result, printed):
            os.set_blocking(descriptor, False)
        self._unsent = memoryview(b"")
        self._assembly = _Assembly()
        # Three descriptors for the life of a submission: an epoll, or a class around it, costs more than it spares.
        self._poll = select.poll()
        self._poll.register(result, select.POLLIN)
        self._poll.register(printed, select.POLLIN)
        self._hears_result = self._hears_printed = True
        self._waits_to_write = False
        self._open = True

    def exchange(
        self, request: bytes, *, deadline: float, max_body: int, due: int = 0
    ) -> tuple[wire.Header, bytearray]:
        """Send a frame (or nothing) and return the next one that comes; see `Channel.exchange`."""
        if request:
            self._expect_silence()
            self._unsent = memoryview(request)
            self._write()
        glance = due >= FEW
        glance_s = min(max(GLANCE_S, due * CALL_S), LONG_GLANCE_S)
        while (found := self._assembly.frame(max_body)) is None:
            # A flood of output keeps this busy for ever: the clock counts even while there are events.
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise DeadlineError
            self._step(min(left_s, glance_s) if glance else left_s, glance=glance)
            glance_s = min(2 * glance_s, LONGEST_GLANCE_S)
        return found

    def came(self, max_body: int) -> tuple[wire.Header, bytearray] | None:
        """Return the next frame if it has been read already; see `Channel.came`."""
        return self._assembly.frame(max_body)

    def _step(self, patience_s: float, *, glance: bool) -> None:
        """Wait until something can be done, and do it."""
        self._listen(wanted=not glance)
        ready = [descriptor for descriptor, _ in self._poll.poll(1e3 * max(0.0, patience_s))]
        if self._printed in ready:
            self._take_printed()
        if self._job in ready:
            self._write()
        if glance or self._result in ready:
            self._read_result()

    def _listen(self, *, wanted: bool) -> None:
        """Be woken by answers, or not."""
        if wanted is not self._hears_result:
            self._hears_result = wanted
            if wanted:
                self._poll.register(self._result, select.POLLIN)
            else:
                self._poll.unregister(self._result)

    def _expect_silence(self) -> None:
        with contextlib.suppress(BlockingIOError):
            if self._assembly.data or os.read(self._result, 1):
                msg = "bytes came that nobody had asked for"
                raise wire.WireError(msg)

    def _write(self) -> None:
        """Write what the pipe takes, and be woken when it takes more."""
        try:
            if self._unsent:
                self._unsent = self._unsent[os.write(self._job, self._unsent[: 1 << 20]) :]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            raise ClosedError from None
        if self._unsent and not self._waits_to_write:
            self._poll.register(self._job, select.POLLOUT)
        elif self._waits_to_write and not self._unsent:
            self._poll.unregister(self._job)
        self._waits_to_write = bool(self._unsent)

    def _read_result(self) -> None:
        with contextlib.suppress(BlockingIOError):
            data = os.read(self._result, READ_BYTES)
            if not data:
                raise ClosedError
            self._assembly.data += data

    def _take_printed(self) -> bool:
        try:
            data = os.read(self._printed, READ_BYTES)
        except BlockingIOError:
            return False
        if not data:
            # Closed by the submission itself, perhaps; the end of the process shows in the other pipe.
            self._poll.unregister(self._printed)
            self._hears_printed = False
            return False
        self.output.add(data)
        return True

    def drain(self) -> None:
        """Take what has been printed so far, without waiting."""
        # Bounded: a thread of the submission may print faster than this reads.
        rounds = 0
        while self._hears_printed and rounds < 64 and self._take_printed():
            rounds += 1

    def close(self) -> None:
        """Close the parent's ends."""
        if self._open:
            self._open = False
            for descriptor in (self._job, self._result, self._printed):
                os.close(descriptor)


class ThreadChannel:
    """Pipes where no call waits for several of them (Windows): a thread for each direction.

    Parameters
    ----------
    job, result, printed : int
        Descriptors: written to, read from, read from. They are closed by `close`, once the process has ended.
    """

    def __init__(self, job: int, result: int, printed: int) -> None:
        self._descriptors = (job, result, printed)
        self.output = Printed(0)
        self._arrived: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._assembly = _Assembly()
        self._requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        # Reading ahead is bounded: each piece that waits to be taken holds one of these.
        self._room = threading.Semaphore(64)
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._send, self._listen, self._print)]
        self._pieces = 0
        self._closing = False
        for thread in self._threads:
            thread.start()

    def _send(self) -> None:
        while request := self._requests.get():
            view = memoryview(request)
            try:
                while view:
                    view = view[os.write(self._descriptors[0], view[:READ_BYTES]) :]
            except OSError:
                # The process has ended; that shows where its answers are read.
                return

    def _listen(self) -> None:
        while True:
            self._room.acquire()
            try:
                data = os.read(self._descriptors[1], READ_BYTES)
            except OSError:
                data = b""
            self._arrived.put(data)
            if not data:
                return

    def _print(self) -> None:
        while True:
            try:
                data = os.read(self._descriptors[2], READ_BYTES)
            except OSError:
                return
            if not data:
                return
            self.output.add(data)
            self._pieces += 1

    def exchange(
        self,
        request: bytes,
        *,
        deadline: float,
        max_body: int,
        due: int = 0,  # noqa: ARG002 - it is woken by each answer, whatever comes after it
    ) -> tuple[wire.Header, bytearray]:
        """Send a frame (or nothing) and return the next one that comes; see `Channel.exchange`."""
        if request:
            if self._assembly.data or self._has_arrived():
                msg = "bytes came that nobody had asked for"
                raise wire.WireError(msg)
            self._requests.put(request)
        while (found := self._assembly.frame(max_body)) is None:
            self._assembly.data += self._next_bytes(deadline)
        return found

    def came(self, max_body: int) -> tuple[wire.Header, bytearray] | None:
        """Return the next frame if it has been read already; see `Channel.came`."""
        return self._assembly.frame(max_body)

    def _has_arrived(self) -> bool:
        try:
            data = self._arrived.get_nowait()
        except queue.Empty:
            return False
        self._arrived.put(data)
        return bool(data)

    def _next_bytes(self, deadline: float) -> bytes:
        try:
            data = self._arrived.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise DeadlineError from None
        self._room.release()
        if not data:
            # Kept for the next one who asks.
            self._arrived.put(b"")
            raise ClosedError
        return data

    def drain(self) -> None:
        """Take what has been printed so far, as far as it has arrived."""
        # The printed bytes were written before the frame, but another thread reads them, and nobody can look into the
        # pipe while it does (Windows lets one call at a time at a handle): it is given moments until one is idle.
        for _ in range(64):
            before = self._pieces
            self._threads[2].join(0.01)
            if self._pieces == before:
                return

    def close(self) -> None:
        """Close the parent's ends; the process must have ended, or its pipes would keep the threads."""
        if not self._closing:
            self._closing = True
            self._requests.put(b"")
            self._room.release(64)
            for thread in self._threads:
                thread.join(5.0)
            for descriptor in self._descriptors:
                os.close(descriptor)
