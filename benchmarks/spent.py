"""What a command takes: its time, the CPU of all processes that it starts, the most memory that they hold. Linux only.

A process of its own runs the command and adopts what the command leaves behind (`PR_SET_CHILD_SUBREAPER`, prctl(2)), so
that `wait4` tells the CPU of each of them: a worker that is killed does not take that of its sandbox along.
"""

import ctypes
import json
import os
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PR_SET_CHILD_SUBREAPER = 36
LOOK_S = 0.2
"""How often memory is looked at. The kernel keeps the most that a process has held, so that no peak is missed."""
HELPER = "from benchmarks.spent import help_out; help_out()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a command has printed, and when.

    Parameters
    ----------
    wall_s : float
        Since its start.
    cpu_s : float
        Of all its processes until then, to 10 ms; 0 where it was not watched.
    text : str
        The line.
    """

    wall_s: float
    cpu_s: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a command has taken.

    Parameters
    ----------
    code : int
        Its exit code.
    wall_s, cpu_s : float
        Seconds on the clock, and of CPU: user and system, of all its processes.
    lines : tuple of Line
        What it has printed.
    peak_bytes : tuple of int
        The most that it held itself, that one of its children did, and that one below them did; 0 where not watched.
    """

    code: int
    wall_s: float
    cpu_s: float
    lines: tuple[Line, ...]
    peak_bytes: tuple[int, int, int]

    @property
    def text(self) -> str:
        """What was printed."""
        return "".join(line.text for line in self.lines)


class CommandFailedError(Exception):
    """A command that ended as it should not."""


def spent(
    command: Sequence[str],
    *,
    cwd: Path,
    environment: dict[str, str] | None = None,
    watched: bool = False,
    codes: Sequence[int] = (0,),
) -> Spent:
    """Run a command.

    Parameters
    ----------
    command : sequence of str
        With its arguments.
    cwd : Path
        Where it runs.
    environment : dict of str to str, optional
        What it finds there besides that of this process. Linear algebra has one thread.
    watched : bool
        True to note the CPU at each line, and memory.
    codes : sequence of int
        How it may end.

    Returns
    -------
    Spent

    Raises
    ------
    CommandFailedError
        It has ended otherwise.
    """
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    # A tool may start another of the same environment by its name.
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
    asked = {
        "command": list(command),
        "cwd": str(cwd),
        "environment": os.environ | threads | {"PATH": path} | (environment or {}),
        "watched": watched,
    }
    # The helper must find this module, whatever the command may find.
    helper = subprocess.run(
        [sys.executable, "-c", HELPER], input=json.dumps(asked), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if helper.returncode:
        raise CommandFailedError(helper.stderr)
    told = json.loads(helper.stdout)
    found = Spent(
        code=told["code"],
        wall_s=told["wall_s"],
        cpu_s=told["cpu_s"],
        lines=tuple(Line(**line) for line in told["lines"]),
        peak_bytes=tuple(told["peak_bytes"]),
    )
    if found.code not in codes:
        raise CommandFailedError(f"{' '.join(command)} ended with {found.code}:\n{found.text[-4000:]}")
    return found


def help_out() -> None:
    """Run the command that stands on the standard input, and print what it took; the main function of the helper."""
    asked = json.load(sys.stdin)
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    peaks: dict[int, int] = defaultdict(int)
    ended = threading.Event()
    begun = time.perf_counter()
    popen = subprocess.Popen(
        asked["command"],
        cwd=asked["cwd"],
        env=asked["environment"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if asked["watched"]:
        threading.Thread(target=_watch_memory, args=(popen.pid, peaks, ended), daemon=True).start()
    lines = []
    for text in popen.stdout:
        cpu_s = _tree_cpu_s(os.getpid()) if asked["watched"] else 0.0
        lines.append({"wall_s": time.perf_counter() - begun, "cpu_s": cpu_s, "text": text})
    cpu_s = wall_s = 0.0
    for pid, status, usage in _reaped():
        cpu_s += usage.ru_utime + usage.ru_stime
        if pid == popen.pid:
            wall_s = time.perf_counter() - begun
            popen.returncode = os.waitstatus_to_exitcode(status)
    ended.set()
    told = {"code": popen.returncode, "wall_s": wall_s, "cpu_s": cpu_s, "lines": lines}
    json.dump(told | {"peak_bytes": [peaks[depth] for depth in range(3)]}, sys.stdout)


def _reaped() -> Iterator[tuple[int, int, "os.struct_rusage"]]:
    while True:
        try:
            yield os.wait4(-1, 0)
        except ChildProcessError:
            return


def _tree_cpu_s(root: int) -> float:
    """Return the CPU seconds of everything below a process, and of what that has waited for."""
    ticks = 0
    for pid, depth in _tree(root):
        fields = _read(pid, "stat").rpartition(")")[2].split()
        if depth and fields:
            # utime, stime, cutime, cstime (proc_pid_stat(5)).
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _watch_memory(root: int, peaks: dict[int, int], ended: threading.Event) -> None:
    while not ended.wait(LOOK_S):
        for pid, depth in _tree(root):
            for line in _read(pid, "status").splitlines():
                if line.startswith("VmHWM:"):
                    peaks[min(depth, 2)] = max(peaks[min(depth, 2)], int(line.split()[1]) * 1024)


def _tree(root: int) -> Iterator[tuple[int, int]]:
    """Yield a process and what is below it, with its depth."""
    waiting = [(root, 0)]
    while waiting:
        pid, depth = waiting.pop()
        yield pid, depth
        try:
            threads = list(Path(f"/proc/{pid}/task").iterdir())
        except OSError:
            continue
        for thread in threads:
            waiting += [(int(child), depth + 1) for child in _read(pid, f"task/{thread.name}/children").split()]


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8", errors="replace")
    except OSError:
        # It has just ended.
        return ""
