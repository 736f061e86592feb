"""The life of a submission's process: run its source once, then answer one call after the other.

Everything here is within reach of the student's code, which may replace any of it. That is why a frame that goes up can
say nothing but "these numbers" or "this error": verdicts, times and "inputs unchanged" are the parent's own.
"""

import contextlib
import linecache
import os
import queue
import sys
import threading
import traceback
import types
from collections.abc import Sequence
from time import process_time
from typing import Any, NoReturn

import numpy as np

if sys.platform != "win32":
    import resource

from . import convert, wire
from .importing import FromMemory, code_from_source, packed
from .seeding import Seeds

MAX_JOB_BYTES = 1 << 32
"""Of one frame that comes down: the source of a submission, or the arguments of a call."""

STOPPING = (wire.Kind.TOO_LARGE, wire.Kind.OUT_OF_MEMORY)
"""Answers after which the other calls of a frame are not made: the parent asks no more of such a function."""


class Pipes:
    """The two pipes to the parent.

    Parameters
    ----------
    job, result : int
        Descriptors to read from and to write to.
    """

    def __init__(self, job: int, result: int) -> None:
        self._job = job
        self._result = result
        # A submission may replace sys.stdout; what it printed before must come up all the same.
        self._streams = (sys.stdout, sys.stderr)

    def _read(self, count: int) -> bytearray:
        data = bytearray()
        while len(data) < count:
            part = os.read(self._job, min(count - len(data), 1 << 20))
            if not part:
                # The parent is gone, or has no more to ask.
                os._exit(0)
            data += part
        return data

    def receive(self) -> tuple[wire.Header, bytearray]:
        """Return the next frame that the parent sent; end the process where there is none."""
        header = wire.read_header(self._read(wire.HEADER.size), max_body=MAX_JOB_BYTES)
        return header, self._read(header.length)

    def send(self, kind: wire.Kind, header: wire.Header | None, *body: bytes | memoryview) -> None:
        """Send an answer to the exchange of ``header``."""
        ours, now = self._streams, (sys.stdout, sys.stderr)
        flushed = False
        # Buffered text would die with the process. A stream of the student's own may be closed, or be anything.
        with contextlib.suppress(BaseException):
            ours[0].flush()
            ours[1].flush()
            flushed = now[0] is ours[0] and now[1] is ours[1]
        for stream in () if flushed else (*ours, *now):
            with contextlib.suppress(BaseException):
                stream.flush()
        index, nonce = (header.index, header.nonce) if header else (0, 0)
        data = wire.frame(kind, index=index, nonce=nonce, body=body)
        written = os.write(self._result, data)
        while written < len(data):
            written += os.write(self._result, memoryview(data)[written : written + (1 << 20)])


class WatchedPipes(Pipes):
    """The same where no system call ties a process to its parent: a thread reads ahead, and ends the process with it.

    Parameters
    ----------
    job, result : int
        Descriptors to read from and to write to.
    """

    def __init__(self, job: int, result: int) -> None:
        super().__init__(job, result)
        self._frames: queue.SimpleQueue[tuple[wire.Header, bytearray]] = queue.SimpleQueue()
        threading.Thread(target=self._read_on, daemon=True).start()

    def _read_on(self) -> None:
        while True:
            self._frames.put(super().receive())

    def receive(self) -> tuple[wire.Header, bytearray]:
        """Return the next frame that the parent sent."""
        return self._frames.get()


class Job:
    """A submission as it is run: its source, and the module that it makes.

    Parameters
    ----------
    body : bytearray
        Of the frame that asks for it.
    """

    def __init__(self, body: bytearray) -> None:
        fields = wire.Fields(body, max_text=MAX_JOB_BYTES)
        self.max_bytes = fields.u64()
        self.call_cpu_s = fields.f64()
        self.soft_cpu_s = 0
        self.packages = fields.texts()
        self.chunks = [(fields.text(), fields.text()) for _ in range(fields.count())]
        modules = [(fields.text(), fields.text(), fields.text()) for _ in range(fields.count())]
        fields.end()
        self.modules = {name: (label, source) for name, label, source in modules}
        self.labels = {label for label, _ in self.chunks} | {label for _, label, _ in modules}
        self.module = types.ModuleType("submission")
        self.module.__file__ = self.chunks[0][0] if self.chunks else "submission"

    def load(self) -> list[bytes]:
        """Run every chunk; return the failures, encoded, one for each chunk that failed."""
        sys.modules["submission"] = self.module
        if self.modules:
            sources = {name: (label, packed(source)) for name, (label, source) in self.modules.items()}
            sys.meta_path.insert(0, FromMemory(sources))
        for label, source in [*self.chunks, *self.modules.values()]:
            linecache.cache[label] = (len(source), None, source.splitlines(keepends=True), label)
        failures = []
        for number, (label, source) in enumerate(self.chunks):
            try:
                exec(code_from_source(source, label), self.module.__dict__)  # noqa: S102 - see importing.py
            # Whatever the submission raises, SystemExit too, is a fact about it.
            except BaseException as error:  # noqa: BLE001
                failures.append(wire.put_u32(number) + self.told(error))
        return failures

    def told(self, error: BaseException) -> bytes:
        """Return an exception as fields: its type's name, its text, and the innermost line of the student's own."""
        name, text = _name_and_text(error)
        place = ("", 0)
        # An exception of a class of the student's may answer anything to anything.
        with contextlib.suppress(BaseException):
            text, place = self._explained(error, text)
        fields = [name[:200], text[:2000], place[0]]
        return b"".join(map(wire.put_text, fields)) + wire.put_u32(max(0, place[1]))

    def _explained(self, error: BaseException, text: str) -> tuple[str, tuple[str, int]]:
        wanted = error.name if isinstance(error, ModuleNotFoundError) else None
        if isinstance(wanted, str) and wanted.partition(".")[0] not in {*self.packages, *sys.stdlib_module_names}:
            allowed = " and ".join([", ".join(self.packages), "Python's standard library"][not self.packages :])
            text = f"`{wanted}` is not available here; this assignment allows {allowed}"
        if isinstance(error, SyntaxError) and error.filename in self.labels:
            return str(error.msg), (str(error.filename), error.lineno or 0)
        place = ("", 0)
        for frame, number in traceback.walk_tb(error.__traceback__):
            if frame.f_code.co_filename in self.labels:
                place = (frame.f_code.co_filename, number)
        return text, place


def _name_and_text(error: BaseException) -> tuple[str, str]:
    name, text = "Exception", ""
    # Its name and its text may be code of the student's as well.
    with contextlib.suppress(BaseException):
        name = str(type(error).__name__)
    with contextlib.suppress(BaseException):
        text = str(error)
    return name, text


def _calls(job: Job, pipes: Pipes, seeds: Seeds, asked: wire.Header, body: bytearray) -> None:
    """Make the calls of a frame one after the other, and answer each; none after one for which memory did not do."""
    fields = wire.Fields(body)
    for place in range(fields.count()):
        function, returns, seed, want_inputs = fields.call()
        # Copies: the student may write into them, and a call's arguments are never those of the call before.
        arrays = [array.copy() for array in fields.arrays()]
        _limit_cpu(job)
        header = wire.Header(asked.kind, asked.index + place, asked.nonce, 0)
        kind, answer = _call(job, function, arrays, seeds, returns=returns, seed=seed, want_inputs=want_inputs)
        pipes.send(kind, header, *answer)
        if kind in STOPPING:
            break


def _call(
    job: Job, function: str, arrays: list[Any], seeds: Seeds, *, returns: int, seed: int, want_inputs: bool
) -> tuple[wire.Kind, Sequence[bytes | memoryview]]:
    """Make one call; return what it is answered with."""
    target = convert.named(job.module.__dict__, function)
    if not callable(target):
        kind = wire.Kind.MISSING if target is convert.ABSENT else wire.Kind.NOT_CALLABLE
        return kind, (wire.put_texts(convert.described(target)),)
    # Whatever happens in here, SystemExit and KeyboardInterrupt too, is a fact about the student's function.
    try:
        seeds.set(seed)
        values = convert.called(target, arrays, returns=returns, max_bytes=job.max_bytes)
        return wire.Kind.RETURNED, wire.array_fields(values) + wire.array_fields(arrays if want_inputs else [])
    except convert.NotNumericError as error:
        return wire.Kind.NOT_NUMERIC, (wire.put_texts(error.facts),)
    except convert.TooLargeError as error:
        return wire.Kind.TOO_LARGE, (wire.put_texts(error.facts),)
    except MemoryError:
        return wire.Kind.OUT_OF_MEMORY, ()
    except BaseException as error:  # noqa: BLE001
        return wire.Kind.RAISED, (job.told(error),)


def serve(pipes: Pipes, seeds: Seeds) -> NoReturn:
    """Serve one submission until the parent closes its end; never returns.

    Parameters
    ----------
    pipes : Pipes
        To the parent.
    seeds : Seeds
        Seeds the generators before each call.
    """
    seeds.set(0)
    pipes.send(wire.Kind.READY, None)
    header, body = pipes.receive()
    job = Job(body)
    failures = job.load()
    pipes.send(wire.Kind.LOADED, header, wire.put_u32(len(failures)), *failures)
    while True:
        _calls(job, pipes, seeds, *pipes.receive())


def warm_up() -> None:
    """Do what each process will do, so that what is remembered of it is there before the fork.

    CPython rewrites the instructions of a function that is called again and again, and keeps where it found names: in a
    forked process, each page that this writes to is copied first.
    """
    exec(code_from_source("def f(x):\n    return x\n", "warm"), {})  # noqa: S102 - our own source
    wire.Fields(wire.put_arrays(convert.arrays_from_result(np.zeros(1), returns=1, max_bytes=8))).arrays()
    wire.read_header(wire.frame(wire.Kind.READY, index=0, nonce=0)[: wire.HEADER.size], max_body=0)


def _limit_cpu(job: Job) -> None:
    if sys.platform == "win32":
        # Not a Unix: the parent's wall clock is all there is.
        return
    # Whole seconds are all that the kernel counts. One more than asked, so that of equal limits the wall clock, which
    # is exact, is always the one that ends a loop: a report must not depend on which of the two was faster.
    soft = int(process_time() + job.call_cpu_s) + 2
    if soft == job.soft_cpu_s:
        return
    job.soft_cpu_s = soft
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    limit = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))
