"""What isolation costs: a bare fork, a submission at each level, an interpreter of its own; and whether a zygote grows.

Run it alone on a quiet machine: ``python benchmarks/isolation.py [SUBMISSIONS [ROUNDS]]``.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from grader.model.assignment import Limits
from grader.model.case import Call
from grader.model.outcome import Returned
from grader.model.submission import Chunk, Submission
from grader.sandbox import Sandbox, SandboxUnavailableError, open_sandbox
from grader.sandbox.launch import clean_environment

BLOCK = 30
"""How many submissions in a row: bare forks take turns with them and meet the same noise."""
EMPTY = Submission(
    path="answer.py",
    student="answer",
    sha256="",
    chunks=(Chunk(label="answer.py", source="def f(x):\n    return x\n"),),
)
CALL = Call(function="f", arguments=(np.zeros(()),), returns=1, seed=0)
BARE_FORK = """
import os, sys, time
import numpy
for line in sys.stdin:
    times = []
    for _ in range(int(line)):
        begun = time.perf_counter()
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.write(write, b"x")
            os._exit(0)
        os.close(write)
        os.read(read, 1)
        os.close(read)
        os.waitpid(pid, 0)
        times.append(time.perf_counter() - begun)
    print(*times, flush=True)
"""


class BareForks:
    """A process that has numpy loaded and forks when it is asked to."""

    def __init__(self) -> None:
        command = [sys.executable, "-c", BARE_FORK]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self._popen = subprocess.Popen(command, env=clean_environment(), **pipes)

    def times_s(self, count: int) -> list[float]:
        """Return the seconds of some forks, from the pipe to the end of the child."""
        self._popen.stdin.write(f"{count}\n")
        self._popen.stdin.flush()
        return [float(word) for word in self._popen.stdout.readline().split()]

    def close(self) -> None:
        """End the process."""
        self._popen.stdin.close()
        self._popen.wait()


def times_s(work: Callable[[], object], rounds: int) -> list[float]:
    """Return the seconds that each of some rounds took."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return times


def median_ms(times: list[float]) -> float:
    """Return the median in milliseconds."""
    return 1e3 * statistics.median(times)


def run_python(*arguments: str) -> str:
    """Run an interpreter as the grader would."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=clean_environment(), check=True, capture_output=True, text=True).stdout


def one_submission(sandbox: Sandbox) -> None:
    """Run the empty function once, in a process of its own."""
    with sandbox.session(EMPTY) as session:
        if not isinstance(session.call(CALL), Returned):
            raise RuntimeError("the empty function did not return")


def resident_kb(pid: int) -> int:
    """Return the memory that a process and those that it made hold, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    own = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    # The spare process comes and goes; at level A the zygote is the only child of the process that was started.
    return own + sum(resident_kb(int(child)) for child in children[:1])


def main() -> None:
    """Print the table."""
    submissions = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    bare = BareForks()
    bare.times_s(BLOCK)
    fresh = median_ms(times_s(lambda: run_python("-c", "import numpy"), 20))
    print(f"(c) python -c 'import numpy'                     {fresh:8.2f} ms")
    for level in ("A", "B", "C", "none"):
        try:
            with open_sandbox(isolation=level, packages=("numpy",), limits=Limits()) as sandbox:
                ours_s, bare_s = [], []
                for _ in range(rounds // BLOCK if level != "none" else 1):
                    bare_s += bare.times_s(BLOCK)
                    ours_s += times_s(lambda box=sandbox: one_submission(box), BLOCK)
        except SandboxUnavailableError as error:
            print(f"(b) an empty function at level {level}: {error.reason}: {error.missing}")
            continue
        a, b = median_ms(bare_s), median_ms(ours_s)
        print(f"(a) bare fork of a process with numpy loaded     {a:8.2f} ms")
        ratios = f"{b / a:.2f} (a) = (c) / {fresh / b:.0f}"
        print(f"(b) an empty function at level {level:4}              {b:8.2f} ms = {ratios}")
    bare.close()
    growth(submissions)


def growth(submissions: int) -> None:
    """Print the zygote's memory and time at both ends of many submissions."""
    with open_sandbox(isolation="auto", packages=("numpy",), limits=Limits()) as sandbox:
        pid = sandbox._launcher.zygote_pid
        descriptors = len(list(Path("/proc/self/fd").iterdir()))
        block = max(1, submissions // 10)
        for end in range(block, submissions + 1, block):
            ms = median_ms(times_s(lambda: one_submission(sandbox), block))
            if end in (block, block * 10):
                held = resident_kb(pid)
                print(f"    after {end:6} submissions: zygote {held:7} KiB, {ms:.2f} ms a submission")
        print(f"    descriptors of ours: {descriptors} before, {len(list(Path('/proc/self/fd').iterdir()))} after")


if __name__ == "__main__":
    main()
