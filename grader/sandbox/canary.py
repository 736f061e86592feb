"""The canary: a submission of our own that tries what no submission may do; a level counts only if it fails at all.

Nothing is believed because a system call returned 0: a sandbox is tried before a student's byte is read.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grader.model.assignment import Limits
from grader.model.case import Call
from grader.model.outcome import Returned
from grader.model.submission import Chunk, Submission
from grader.sandbox.launch import Launcher
from grader.sandbox.session import Session

ATTEMPTS = {
    "read": "read a file outside of the allowed packages",
    "list": "list a folder outside of the allowed packages",
    "write": "write a file",
    "change": "change a file's times",
    "network": "open a network socket",
    "local": "open a local socket",
    "fork": "start another process",
    "execute": "run a program",
    "signal": "signal the grader",
    "limits": "look at the grader's limits",
    "memory": "take more memory than is allowed",
    "share": "make memory that outlives it",
}
"""What the canary tries, in words that follow "a submission could"."""
NEEDS = {
    "threads": "start a thread",
    "library": "import from the standard library",
    "numbers": "compute with numpy",
}
"""What every submission must be able to do, in words that follow "a submission could not"."""

_SOURCE = """
import ctypes, os, resource, socket, threading
import numpy as np

def refused(attempt):
    try:
        attempt()
    except (OSError, MemoryError):
        return 1.0
    return 0.0

def works(need):
    try:
        need()
    except Exception:
        return 0.0
    return 1.0

def fork():
    if os.fork() == 0:
        os._exit(0)

def share():
    libc = ctypes.CDLL(None, use_errno=True)
    number = libc.shmget(0, 4096, 0o1600)
    if number < 0:
        raise OSError(ctypes.get_errno(), "shmget")
    libc.shmctl(number, 0, None)

def start_thread():
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()

def canary():
    attempts = dict(
        read=lambda: open(SECRET).read(),
        list=lambda: os.listdir(FOLDER),
        write=lambda: open(FOLDER + "/written", "w"),
        change=lambda: os.utime(SECRET),
        network=lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        local=lambda: socket.socketpair(),
        fork=fork,
        execute=lambda: os.execv(PROGRAM, [PROGRAM, "-c", "pass"]),
        signal=lambda: os.kill(GRADER, 0),
        limits=lambda: resource.prlimit(GRADER, resource.RLIMIT_CORE),
        memory=lambda: np.ones(MEMORY // 8),
        share=share,
    )
    needs = dict(
        threads=start_thread,
        library=lambda: __import__("netrc"),
        numbers=lambda: np.linalg.solve(np.eye(3), np.ones(3)),
    )
    return np.array([refused(attempts[name]) for name in ATTEMPTS] + [works(needs[name]) for name in NEEDS])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the canary found.

    Parameters
    ----------
    refused : dict of str to bool
        For each of `ATTEMPTS`, whether it was refused.
    works : dict of str to bool
        For each of `NEEDS`, whether it worked.
    fault : str
        Why there is no finding; empty if there is one.
    """

    refused: dict[str, bool]
    works: dict[str, bool]
    fault: str = ""

    @property
    def holds(self) -> bool:
        """True only if everything was tried, every attempt was refused, and every need was met."""
        complete = set(self.refused) == set(ATTEMPTS) and set(self.works) == set(NEEDS)
        return not self.fault and complete and all(self.refused.values()) and all(self.works.values())

    @property
    def told(self) -> tuple[tuple[str, bool], ...]:
        """What was tried, in words that follow "a submission could", and whether it was refused."""
        return tuple((ATTEMPTS[name], refused) for name, refused in self.refused.items())

    @property
    def why_not(self) -> str:
        """Why the level does not hold, in words; empty if it does."""
        could = [f"a submission could {words}" for name, words in ATTEMPTS.items() if not self.refused.get(name, True)]
        could += [f"a submission could not {words}" for name, words in NEEDS.items() if not self.works.get(name, True)]
        return self.fault or "; ".join(could)


def prove(launcher: Launcher, limits: Limits) -> Proof:
    """Run the canary.

    Parameters
    ----------
    launcher : Launcher
        Of the level to prove.
    limits : Limits
        Of the submissions to come.

    Returns
    -------
    Proof
        What was refused and what worked.

    Raises
    ------
    SandboxFaultError
        If the canary could not be run.
    """
    with _bait() as (folder, secret):
        facts = {
            "SECRET": str(secret),
            "FOLDER": str(folder),
            "GRADER": os.getpid(),
            "PROGRAM": os.path.realpath("/proc/self/exe"),
            "MEMORY": limits.memory_bytes,
            "ATTEMPTS": tuple(ATTEMPTS),
            "NEEDS": tuple(NEEDS),
        }
        lines = [f"{name} = {value!r}" for name, value in facts.items()]
        chunk = Chunk(label="canary.py", source="\n".join([*lines, _SOURCE]))
        submission = Submission(path="canary.py", student="canary", sha256="", chunks=(chunk,))
        # Times and sizes of its own: a rubric that allows next to nothing must not look like a machine that confines
        # nothing.
        own = Limits(memory_bytes=limits.memory_bytes)
        with Session(submission, launcher=launcher, limits=own) as session:
            outcome = session.call(Call(function="canary", arguments=(), returns=1, seed=0))
    if not isinstance(outcome, Returned) or outcome.values[0].shape != (len(ATTEMPTS) + len(NEEDS),):
        return Proof(refused={}, works={}, fault=f"the canary did not come back: {outcome}")
    answers = [bool(value) for value in np.asarray(outcome.values[0]) == 1.0]
    attempts, needs = answers[: len(ATTEMPTS)], answers[len(ATTEMPTS) :]
    return Proof(refused=dict(zip(ATTEMPTS, attempts, strict=True)), works=dict(zip(NEEDS, needs, strict=True)))


@contextmanager
def _bait() -> Iterator[tuple[Path, Path]]:
    """Make a folder and a file that everybody may read and write: only the sandbox can keep them out of reach."""
    with tempfile.TemporaryDirectory(prefix="grader-canary-") as name:
        folder = Path(name)
        folder.chmod(0o777)
        secret = folder / "secret.txt"
        secret.write_text("a canary must not read this", encoding="utf-8")
        secret.chmod(0o666)
        yield folder, secret
