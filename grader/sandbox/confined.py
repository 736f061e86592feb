"""The parent's side of levels A, B and C: starts zygotes, asks them for processes, and replaces one that has died."""

import contextlib
import json
import os
import socket
import subprocess
from collections import deque
from dataclasses import dataclass
from weakref import WeakValueDictionary

from grader.sandbox.channel import Channel, PipeChannel
from grader.sandbox.inside import kernel
from grader.sandbox.inside.zygote import CLOCK, ENDED, REQUEST
from grader.sandbox.launch import (
    END_WALL_S,
    START_WALL_S,
    Ended,
    LauncherDiedError,
    Process,
    clean_environment,
    interpreter_command,
)
from grader.sandbox.readable import Readable

MAX_FACTS_BYTES = 4096
SPARES = 2
"""Processes that wait for their submission: one is taken while the next is still confining itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a zygote says of itself once it has confined itself.

    Parameters
    ----------
    landlock_abi : int
        The kernel's, 0 for none.
    uid : int
        As whom submissions run.
    kernel : str
        Its release.
    """

    landlock_abi: int
    uid: int
    kernel: str


class RefusedError(Exception):
    """The machine refuses a layer; the text says which and why."""


class Zygote:
    """One zygote.

    Parameters
    ----------
    config : dict
        For ``inside.zygote``, without the descriptor of the control socket.

    Raises
    ------
    RefusedError
        If a layer is refused, or it does not come up.
    """

    def __init__(self, config: dict[str, object]) -> None:
        self.dead = False
        # Weak: the end of a process about which nobody can ask any more is not kept.
        self._processes: WeakValueDictionary[int, ConfinedProcess] = WeakValueDictionary()
        self._told_s: dict[int, float] = {}
        self._number = 0
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [*interpreter_command("zygote"), json.dumps({**config, "control": theirs.fileno()})]
            try:
                self._popen = subprocess.Popen(  # noqa: S603 - our own interpreter and our own arguments
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    env=clean_environment(),
                    cwd="/",
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
            except OSError as error:
                self._control.close()
                raise RefusedError(f"the interpreter could not be started: {error.strerror}") from error
        with contextlib.ExitStack() as unless_heard:
            unless_heard.callback(self.close)
            self.facts = self._hear()
            unless_heard.pop_all()

    def _hear(self) -> Facts:
        self._control.settimeout(START_WALL_S)
        try:
            message = self._control.recv(MAX_FACTS_BYTES)
        except OSError as error:
            raise RefusedError(f"it did not come up: {error}") from error
        said = json.loads(message) if message else {"refused": self._last_words()}
        if "refused" in said:
            raise RefusedError(said["refused"])
        return Facts(**said)

    def _last_words(self) -> str:
        stream = self._popen.stderr
        lines = stream.read().decode("utf-8", "replace").strip().splitlines() if stream else []
        return lines[-1] if lines else "it ended before it was ready"

    @property
    def pid(self) -> int:
        """The process that was started; at level A, the one outside of the namespaces."""
        return self._popen.pid

    def fork(self) -> "ConfinedProcess":
        """Return a process for one submission; raises LauncherDiedError if the zygote is gone."""
        job_read, job_write = os.pipe()
        result_read, result_write = os.pipe()
        printed_read, printed_write = os.pipe()
        theirs = [job_read, result_write, printed_write]
        self._number += 1
        try:
            socket.send_fds(self._control, [REQUEST.pack(b"f", self._number, 0.0)], theirs)
        except OSError as error:
            for descriptor in (job_write, result_read, printed_read):
                os.close(descriptor)
            raise self._died(error) from error
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        process = ConfinedProcess(self, self._number, PipeChannel(job_write, result_read, printed_read))
        self._processes[self._number] = process
        return process

    def ask_end(self, number: int, *, grace_s: float) -> None:
        """Have a process ended, without waiting for it; raises LauncherDiedError if the zygote is gone."""
        try:
            # A zygote whose answers nobody takes would wait for ever to give the next one.
            self._control.settimeout(0.0)
            with contextlib.suppress(BlockingIOError):
                while True:
                    self._note_answer()
            self._control.settimeout(END_WALL_S)
            self._control.sendmsg([REQUEST.pack(b"e", number, grace_s)])
        except OSError as error:
            raise self._died(error) from error

    def await_end(self, process: "ConfinedProcess", *, grace_s: float) -> Ended:
        """Say how a process ended that was asked to; raises LauncherDiedError if the zygote is gone or silent."""
        try:
            self._control.settimeout(grace_s + END_WALL_S)
            while process.ended is None:
                self._note_answer()
        except OSError as error:
            raise self._died(error) from error
        return process.ended

    def ask_cpu_s(self, number: int) -> float | None:
        """Say how much CPU time a process has used; raises LauncherDiedError if the zygote is gone or silent."""
        try:
            self._control.settimeout(END_WALL_S)
            self._control.sendmsg([REQUEST.pack(b"c", number, 0.0)])
            while number not in self._told_s:
                self._note_answer()
        except OSError as error:
            raise self._died(error) from error
        told_s = self._told_s.pop(number)
        return told_s if told_s >= 0.0 else None

    def _note_answer(self) -> None:
        answer = self._control.recv(ENDED.size)
        if len(answer) == CLOCK.size:
            number, told_s = CLOCK.unpack(answer)
            self._told_s[number] = told_s
            return
        if len(answer) != ENDED.size:
            raise ConnectionResetError
        number, code, by_us, cpu_s, peak_bytes = ENDED.unpack(answer)
        process = self._processes.get(number)
        if process is not None:
            process.ended = Ended(code=code, by_us=by_us, cpu_s=cpu_s, peak_bytes=peak_bytes)

    def _died(self, error: OSError) -> LauncherDiedError:
        # Whatever the reason, it is not asked again: its children end with it.
        self.close()
        silent = isinstance(error, TimeoutError)
        return LauncherDiedError("the zygote did not answer" if silent else "the zygote ended unexpectedly")

    def close(self) -> None:
        """End it and everything it made."""
        if not self.dead:
            self.dead = True
            self._control.close()
            self._popen.kill()
            self._popen.wait()
            if self._popen.stderr:
                self._popen.stderr.close()


class ConfinedProcess:
    """A process that a zygote made.

    Parameters
    ----------
    zygote : Zygote
        Which one.
    number : int
        What the zygote calls it.
    channel : Channel
        Its pipes.
    """

    def __init__(self, zygote: Zygote, number: int, channel: Channel) -> None:
        self._zygote = zygote
        self._number = number
        self._asked = False
        self.ended: Ended | None = None
        self.channel = channel

    @property
    def alive(self) -> bool:
        """False once its zygote is known to be dead, for then it is too."""
        return not self._zygote.dead

    def cpu_s(self) -> float | None:
        """Return the CPU seconds that it has used; see `Process.cpu_s`."""
        if self.ended is not None or self._asked:
            return None
        if not self.alive:
            raise LauncherDiedError("the zygote ended unexpectedly")
        return self._zygote.ask_cpu_s(self._number)

    def kill(self) -> None:
        """Have the process killed, without waiting until the kernel has cleared it away."""
        if self.alive:
            self._zygote.ask_end(self._number, grace_s=0.0)
            self._asked = True

    def end(self, *, grace_s: float) -> Ended:
        """End the process and say how it ended; see `Process.end`."""
        if self.ended is not None:
            return self.ended
        if not self.alive:
            raise LauncherDiedError("the zygote ended unexpectedly")
        if not self._asked:
            self._zygote.ask_end(self._number, grace_s=grace_s)
            self._asked = True
        return self._zygote.await_end(self, grace_s=grace_s)


class ConfinedLauncher:
    """Levels A, B and C: one zygote at a time, and some processes forked ahead.

    Parameters
    ----------
    level : str
        ``"A"``, ``"B"`` or ``"C"``.
    readable : Readable
        What submissions may import.
    memory_bytes : int
        Address space of each.
    cpu_s : int
        CPU seconds of each process, all calls together.

    Raises
    ------
    RefusedError
        If the machine refuses a layer.
    """

    def __init__(self, level: str, readable: Readable, *, memory_bytes: int, cpu_s: int) -> None:
        self.packages = readable.packages
        self._config: dict[str, object] = {
            "level": level,
            "packages": list(readable.packages),
            "places": readable.places,
            "library": [str(path) for path in readable.library],
            "library_entries": [str(path) for path in readable.library_entries],
            "package_paths": [str(path) for path in readable.package_paths],
            "memory_bytes": memory_bytes,
            "cpu_s": cpu_s,
        }
        # Where submissions run as the grader's own user, its memory and environment in /proc are not for them.
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
        self._spares: deque[ConfinedProcess] = deque()
        self._closed = False
        self._zygote = Zygote(self._config)
        self.facts = self._zygote.facts

    @property
    def zygote_pid(self) -> int:
        """The process id of the zygote of this moment."""
        return self._zygote.pid

    def start(self) -> Process:
        """Return a process; raises LauncherDiedError if none can be had."""
        while self._spares:
            process = self._spares.popleft()
            if process.alive:
                return process
            process.channel.close()
        return self._living().fork()

    def _living(self) -> Zygote:
        if self._closed:
            # Another thread has closed the sandbox, to stop everything: nothing may be started any more.
            raise LauncherDiedError("the sandbox was closed")
        if self._zygote.dead:
            try:
                self._zygote = Zygote(self._config)
            except RefusedError as error:
                raise LauncherDiedError(f"a new zygote could not be started: {error}") from error
        return self._zygote

    def start_ahead(self) -> None:
        """Have the next processes forked, without waiting for them."""
        # No spare is no fault: the next `start` begins with a new zygote.
        with contextlib.suppress(LauncherDiedError):
            while len(self._spares) < SPARES and not self._zygote.dead:
                self._spares.append(self._zygote.fork())

    def close(self) -> None:
        """End the zygote and everything it made."""
        self._closed = True
        while self._spares:
            self._spares.popleft().channel.close()
        self._zygote.close()
