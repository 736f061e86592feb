"""What isolation costs: a bare fork, a submission at each level, an interpreter of its own; and whether a zygote grows.

Run it alone on a quiet machine: ``python benchmarks/isolation.py [SUBMISSIONS]``.
"""

import os
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

ROUNDS = 300
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
times = []
for _ in range(int(sys.argv[1])):
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
print(sorted(times)[len(times) // 2])
"""


def median_ms(work: Callable[[], None], rounds: int) -> float:
    """Return the median time of some rounds, in milliseconds."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
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
    bare = 1e3 * float(run_python("-c", BARE_FORK, str(ROUNDS)))
    fresh = median_ms(lambda: run_python("-c", "import numpy") and None, 10)
    print(f"(a) bare fork of a process that has numpy loaded  {bare:8.2f} ms")
    for level in ("A", "B", "C", "none"):
        try:
            with open_sandbox(isolation=level, packages=("numpy",), limits=Limits()) as sandbox:
                ours = median_ms(lambda box=sandbox: one_submission(box), ROUNDS if level != "none" else 20)
        except SandboxUnavailableError as error:
            print(f"(b) an empty function at level {level}: {error.reason}: {error.missing}")
            continue
        print(f"(b) an empty function at level {level:4}              {ours:8.2f} ms = {ours / bare:.2f} (a)")
        print(f"{'':52}= 1/{fresh / ours:.0f} (c)")
    print(f"(c) python -c 'import numpy'                      {fresh:8.2f} ms")
    growth(submissions)


def growth(submissions: int) -> None:
    """Print the zygote's memory and time at both ends of many submissions."""
    with open_sandbox(isolation="auto", packages=("numpy",), limits=Limits()) as sandbox:
        pid = sandbox._launcher.zygote_pid
        descriptors = len(os.listdir("/proc/self/fd"))
        block = max(1, submissions // 10)
        for end in range(block, submissions + 1, block):
            ms = median_ms(lambda: one_submission(sandbox), block)
            if end in (block, block * 10):
                held = resident_kb(pid)
                print(f"    after {end:6} submissions: zygote {held:7} KiB, {ms:.2f} ms a submission")
        print(f"    descriptors of ours: {descriptors} before, {len(os.listdir('/proc/self/fd'))} after")


if __name__ == "__main__":
    main()
