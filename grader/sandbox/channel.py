"""The parent's ends of a submission's pipes: frames with a deadline, and what the submission prints, capped.

Nothing here blocks longer than its deadline, whatever the other side does or leaves undone.
"""

import contextlib
import os
import queue
import selectors
import threading
import time
from typing import Protocol

from grader.sandbox.inside import wire

READ_BYTES = 1 << 16
"""What a pipe holds on Linux by default (pipe(7)): more is never there at once."""


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
        self.muted = False
        """True while nothing is kept: a second run of the same source prints the same again."""

    def add(self, data: bytes) -> None:
        """Keep the data as far as there is room."""
        if self.muted:
            return
        room = self._max_bytes - len(self.kept)
        self.kept += data[:room]
        self.truncated = self.truncated or len(data) > room


class Channel(Protocol):
    """The pipes to one process."""

    output: Printed
    """Where printed text goes."""

    def exchange(self, request: bytes, *, deadline: float, max_body: int) -> tuple[wire.Header, bytearray]:
        """Send a frame (or nothing) and return the next one that comes.

        Parameters
        ----------
        request : bytes
            What to send; empty to only wait.
        deadline : float
            In seconds of `time.monotonic`.
        max_body : int
            The most bytes that the answer's body may have.

        Raises
        ------
        ClosedError, DeadlineError, WireError
            If the process ends, the time is up, or the bytes are not a frame. Also WireError if bytes came before they
            were asked for.
        """

    def drain(self) -> None:
        """Take what has been printed so far, without waiting."""

    def close(self) -> None:
        """Close the parent's ends."""


class _Assembly:
    """Collects just the bytes of one frame, never one more."""

    def __init__(self, max_body: int) -> None:
        self._max_body = max_body
        self._data = bytearray()
        self.header: wire.Header | None = None

    @property
    def wanted(self) -> int:
        """Bytes that are still missing."""
        goal = wire.HEADER.size if self.header is None else self.header.length
        return goal - len(self._data)

    def add(self, data: bytes) -> bool:
        """Add bytes; return True when the frame is whole."""
        self._data += data
        if self.header is None and self.wanted == 0:
            self.header = wire.read_header(self._data, max_body=self._max_body)
            self._data = bytearray()
        return self.header is not None and self.wanted == 0

    def whole(self) -> tuple[wire.Header, bytearray]:
        """Return the frame."""
        if self.header is None:
            msg = "the frame is not whole"
            raise AssertionError(msg)
        return self.header, self._data


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
        self._selector = selectors.DefaultSelector()
        self._selector.register(result, selectors.EVENT_READ)
        self._selector.register(printed, selectors.EVENT_READ)
        self._open = True

    def exchange(self, request: bytes, *, deadline: float, max_body: int) -> tuple[wire.Header, bytearray]:
        """Send a frame (or nothing) and return the next one that comes; see `Channel.exchange`."""
        if request:
            self._expect_silence()
        self._unsent = memoryview(request)
        self._write()
        assembly = _Assembly(max_body)
        while not self._step(assembly, deadline):
            # A flood of output keeps the selector busy for ever: the clock counts even while there are events.
            if time.monotonic() >= deadline:
                raise DeadlineError
        return assembly.whole()

    def _step(self, assembly: _Assembly, deadline: float) -> bool:
        """Do what can be done now; return True when the frame is whole."""
        events = self._selector.select(max(0.0, deadline - time.monotonic()))
        ready = {key.fd for key, _ in events}
        if self._printed in ready:
            self._take_printed()
        if self._job in ready:
            self._write()
        return self._result in ready and self._read_result(assembly)

    def _expect_silence(self) -> None:
        with contextlib.suppress(BlockingIOError):
            if os.read(self._result, 1):
                msg = "bytes came that nobody had asked for"
                raise wire.WireError(msg)

    def _write(self) -> None:
        """Write what the pipe takes, and have the selector tell when it takes more."""
        try:
            if self._unsent:
                self._unsent = self._unsent[os.write(self._job, self._unsent[: 1 << 20]) :]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            raise ClosedError from None
        waiting = self._job in self._selector.get_map()
        if self._unsent and not waiting:
            self._selector.register(self._job, selectors.EVENT_WRITE)
        elif waiting and not self._unsent:
            self._selector.unregister(self._job)

    def _read_result(self, assembly: _Assembly) -> bool:
        try:
            data = os.read(self._result, min(assembly.wanted, 1 << 20))
        except BlockingIOError:
            return False
        if not data:
            raise ClosedError
        return assembly.add(data)

    def _take_printed(self) -> bool:
        try:
            data = os.read(self._printed, READ_BYTES)
        except BlockingIOError:
            return False
        if not data:
            # Closed by the submission itself, perhaps; the end of the process shows in the other pipe.
            self._selector.unregister(self._printed)
            return False
        self.output.add(data)
        return True

    def drain(self) -> None:
        """Take what has been printed so far, without waiting."""
        # Bounded: a thread of the submission may print faster than this reads.
        rounds = 0
        while self._printed in self._selector.get_map() and rounds < 64 and self._take_printed():
            rounds += 1

    def close(self) -> None:
        """Close the parent's ends."""
        if self._open:
            self._open = False
            self._selector.close()
            for descriptor in (self._job, self._result, self._printed):
                os.close(descriptor)


class ThreadChannel:
    """Pipes where no selector can wait for them (Windows): a thread for each direction.

    Parameters
    ----------
    job, result, printed : int
        Descriptors: written to, read from, read from. They are closed by `close`, once the process has ended.
    """

    def __init__(self, job: int, result: int, printed: int) -> None:
        self._descriptors = (job, result, printed)
        self.output = Printed(0)
        self._arrived: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._rest = bytearray()
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

    def exchange(self, request: bytes, *, deadline: float, max_body: int) -> tuple[wire.Header, bytearray]:
        """Send a frame (or nothing) and return the next one that comes; see `Channel.exchange`."""
        if request:
            if self._rest or self._has_arrived():
                msg = "bytes came that nobody had asked for"
                raise wire.WireError(msg)
            self._requests.put(request)
        assembly = _Assembly(max_body)
        while True:
            if not self._rest:
                self._rest += self._next_bytes(deadline)
            part = bytes(self._rest[: assembly.wanted])
            del self._rest[: len(part)]
            if assembly.add(part):
                return assembly.whole()

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
