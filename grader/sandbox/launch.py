"""What the parent needs of a submission's process, and how a plain one (level N) is started.

A launcher gives processes that are ready for one submission each; a session does not know at which level it works.
"""

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from grader.sandbox.readable import Importable

if TYPE_CHECKING:
    from grader.sandbox.channel import Channel

START_WALL_S = 120.0
"""For an interpreter to start and import numpy: seconds on a cold disk, a tenth of one on a warm one."""
END_WALL_S = 10.0
"""For a killed process to be gone; the kernel needs microseconds, unless the machine is out of memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a process ended.

    Parameters
    ----------
    code : int
        Exit code; a negative one is the signal that ended it.
    by_us : bool
        True where we ended it.
    cpu_s : float
        CPU seconds it used, if known.
    peak_bytes : int
        The most memory it held, if known.
    """

    code: int
    by_us: bool
    cpu_s: float = 0.0
    peak_bytes: int = 0


class LauncherDiedError(Exception):
    """What starts the processes has itself died, or does not answer; the text says how."""


class Process(Protocol):
    """One process for one submission."""

    @property
    def channel(self) -> "Channel":
        """The parent's ends of its pipes."""

    def cpu_s(self) -> float | None:
        """Return the CPU seconds that it has used, as the kernel counts them; None where the system does not tell.

        Raises LauncherDiedError like `end`.
        """

    def kill(self) -> None:
        """End the process at once; it need not be cleared away yet. Raises LauncherDiedError like `end`."""

    def end(self, *, grace_s: float) -> Ended:
        """End the process and say how it ended.

        Parameters
        ----------
        grace_s : float
            How long to wait for its own end before it is killed.

        Raises
        ------
        LauncherDiedError
            If that cannot be known any more.
        """


class Launcher(Protocol):
    """Starts processes, each for one submission."""

    packages: tuple[str, ...]
    """What a submission may import besides the standard library."""

    def start(self) -> Process:
        """Return a process; raises LauncherDiedError if none can be had."""

    def start_ahead(self) -> None:
        """Begin to start the next process, without waiting for it."""

    def close(self) -> None:
        """End everything that was started."""


def clean_environment() -> dict[str, str]:
    """Return the environment of everything that is started here: built from scratch but for paths to load from.

    Returns
    -------
    dict of str to str
        One thread for linear algebra (its pool would break what is per thread, and make timings jump), a fixed order of
        sets, UTF-8, UTC.
    """
    environment = {
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "HOME": "/",
        # glibc reserves 64 MiB of addresses for each thread's arena, and RLIMIT_AS counts addresses (mallopt(3)).
        "MALLOC_ARENA_MAX": "2",
    }
    environment |= dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
    )
    # Without these an interpreter cannot start: where its libraries are, and what Windows needs for anything.
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT"):
        if name in os.environ:
            environment[name] = os.environ[name]
    return environment


def interpreter_command(module: str) -> list[str]:
    """Return the command that runs ``main`` of a module of ``inside`` with a configuration as its argument.

    Parameters
    ----------
    module : str
        ``"plain"`` or ``"zygote"``.

    Returns
    -------
    list of str
        A JSON text must be appended. ``-S`` and ``-P`` keep every folder but the standard library's off ``sys.path``
        (``-I`` would also ignore PYTHONHASHSEED); ``-B`` writes nothing.
    """
    # The grader's folder is on the path only while `inside` is imported, and last, so that it shadows nothing.
    run = (
        "import json, sys; folder, config = sys.argv[1], json.loads(sys.argv[2]); sys.path.append(folder); "
        "from inside.importing import ListedPackages; sys.meta_path.append(ListedPackages(config['places'])); "
        f"from inside import {module}; sys.path.remove(folder); {module}.main(config)"
    )
    return [sys.executable, "-s", "-S", "-P", "-B", "-c", run, str(Path(__file__).parent)]


class PlainProcess:
    """A process of level N.

    Parameters
    ----------
    popen : Popen
        Its three standard streams are pipes.
    threads : bool
        True: wait for it with threads, as on Windows.
    """

    def __init__(self, popen: subprocess.Popen[bytes], *, threads: bool) -> None:
        self._popen = popen
        streams = (popen.stdin, popen.stdout, popen.stderr)
        self._pipes = tuple(os.dup(stream.fileno()) for stream in streams if stream is not None)
        for stream in streams:
            if stream is not None:
                stream.close()
        self._threads = threads

    @cached_property
    def channel(self) -> "Channel":
        """The parent's ends of its pipes."""
        # Only now: frames hold arrays, and the process is better started before numpy is imported here.
        from grader.sandbox.channel import PipeChannel, ThreadChannel  # noqa: PLC0415

        job, result, printed = self._pipes
        return (ThreadChannel if self._threads else PipeChannel)(job, result, printed)

    def cpu_s(self) -> float | None:
        """Return the CPU seconds that it has used; see `Process.cpu_s`."""
        if sys.platform != "linux" or self._popen.returncode is not None:
            return None
        from grader.sandbox.inside import kernel  # noqa: PLC0415 - Linux alone has what it loads

        used_s = kernel.cpu_s(self._popen.pid)
        return used_s if used_s >= 0.0 else None

    def kill(self) -> None:
        """End the process at once."""
        self.end(grace_s=0.0)

    def end(self, *, grace_s: float) -> Ended:
        """End the process and say how it ended; see `Process.end`."""
        by_us = False
        try:
            code = self._wait(grace_s)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            by_us = True
            code = self._wait(END_WALL_S)
        return Ended(code=code, by_us=by_us)

    def _wait(self, wall_s: float) -> int:
        # Popen.wait looks again and again, with pauses that grow: ten milliseconds for a process that is gone in one.
        if sys.platform == "linux" and wall_s > 0 and self._popen.poll() is None:
            try:
                pid = os.pidfd_open(self._popen.pid)
            except OSError:
                return self._popen.wait(wall_s)
            try:
                ended = select.poll()
                ended.register(pid, select.POLLIN)
                ended.poll(1e3 * wall_s)
            finally:
                os.close(pid)
            return self._popen.wait(0.0)
        return self._popen.wait(wall_s)


class PlainLauncher:
    """Level N: an interpreter of its own for each submission, the next one started ahead.

    Parameters
    ----------
    importable : Importable
        What a submission may import.
    memory_bytes : int
        Address space, where the system can limit it.
    threads : bool or None
        How its pipes are waited for; None: as the system needs it.
    spares : bool
        Whether the next process is started while one works; False where there will hardly be a next one.
    """

    def __init__(
        self, importable: Importable, *, memory_bytes: int, threads: bool | None = None, spares: bool = True
    ) -> None:
        self.packages = importable.packages
        self._config = json.dumps(
            {
                "places": importable.places,
                "packages": list(importable.packages),
                "memory_bytes": memory_bytes,
                "parent": os.getpid(),
            }
        )
        self._threads = sys.platform == "win32" if threads is None else threads
        self._closed = False
        self._spare: PlainProcess | None = None
        self._spares = spares

    def _spawn(self) -> PlainProcess:
        try:
            popen = subprocess.Popen(  # noqa: S603 - our own interpreter and our own arguments
                [*interpreter_command("plain"), self._config],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                env=clean_environment(),
                cwd=Path(Path.cwd().anchor),
                start_new_session=True,
            )
        except OSError as error:
            raise LauncherDiedError(f"the interpreter could not be started: {error.strerror}") from error
        return PlainProcess(popen, threads=self._threads)

    def start(self) -> Process:
        """Return a process."""
        if self._closed:
            raise LauncherDiedError("the sandbox was closed")
        process, self._spare = self._spare or self._spawn(), None
        return process

    def start_first(self) -> None:
        """Begin to start the first process, without waiting for it."""
        if self._spare is None and not self._closed:
            # No spare is no fault: the next `start` tries again and says so.
            with contextlib.suppress(LauncherDiedError):
                self._spare = self._spawn()

    def start_ahead(self) -> None:
        """Begin to start the next process, without waiting for it, if there are spares."""
        if self._spares:
            self.start_first()

    def close(self) -> None:
        """End the spare process."""
        self._closed = True
        if self._spare is not None:
            spare, self._spare = self._spare, None
            spare.end(grace_s=0.0)
            spare.channel.close()


def now() -> float:
    """Return the seconds of the clock that deadlines are measured on."""
    return time.monotonic()
