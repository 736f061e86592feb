"""Plan and truth come out the same, and faults are said alike, however many processes work them out."""

import os
import signal
import subprocess
import sys

import pytest

from tests.batch.tiny_class import ROOT, TRUSTED, write_rubric

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the grader forks on Linux only")

# In a process of its own, which has one thread, as `grader batch` has when it begins.
RUN = """
import errno, hashlib, os, signal, sys, threading
from pathlib import Path
from grader.batch.forked import Forked
from grader.grading.prepare import packed, prepare, together
from grader.loading.rubric import load_rubric
from grader.truth.modules import TrustedModules

folder, processes, besides = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
(folder / "grader").write_text(str(os.getpid()))
rubric = load_rubric(folder / "rubric.toml", lookup=lambda place, ref: TrustedModules(place).signature(ref))
given = rubric.assignment, TrustedModules(folder / "trusted"), 3
if "deaf" in besides:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
if "forks" in besides:
    left = [os.fork] * int(besides[1])
    def fork():
        if not left:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        return left.pop()()
    os.fork = fork
if "thread" in besides:
    threading.Thread(target=threading.Event().wait, daemon=True).start()
print("before", end=" ")
try:
    with Forked(*given, processes) as forked:
        if "leave" in besides:
            raise KeyboardInterrupt
        snapshot = together(forked.parts())
except KeyboardInterrupt:
    os.waitpid(-1, 0)
if "alone" in besides:
    assert packed(prepare(*given)) == snapshot
print(hashlib.sha256(snapshot.pickled).hexdigest())
"""
# What a trusted module may do; `noted` says which processes have called it.
NOTED = TRUSTED.replace(
    "import numpy as np\n",
    """\
import os, signal, warnings
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parents[1]


def in_fork():
    return (FOLDER / "grader").read_text() != str(os.getpid())


def noted():
    with (FOLDER / "pids").open("a") as file:
        file.write(f"{os.getpid()}\\n")

""",
)


def course(tmp_path, *, double="", square=""):
    """Write a rubric whose trusted functions note who calls them, and do something besides."""
    write_rubric(tmp_path)
    source = NOTED
    for name, does in (("double", double), ("square", square)):
        source = source.replace(f"def {name}(x):\n", f"def {name}(x):\n    noted()\n    {does or 'pass'}\n")
    (tmp_path / "trusted" / "answers.py").write_text(source)
    return tmp_path


def command(folder, processes, *besides):
    return [sys.executable, "-W", "always", "-c", RUN, str(folder), str(processes), *besides]


def run(folder, processes, *besides):
    """Return what a run of its own writes and how it ends, and who called the trusted functions: the grader, others."""
    (folder / "pids").unlink(missing_ok=True)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        command(folder, processes, *besides), cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    grader = (folder / "grader").read_text()
    pids = set((folder / "pids").read_text().split())
    return (done.returncode, done.stdout, done.stderr), grader in pids, pids - {grader}


def test_the_bytes_are_the_same_whatever_the_number_of_processes(tmp_path):
    folder = course(tmp_path)
    alone, by_grader, by_others = run(folder, 1, "alone")
    assert alone[0] == 0, alone
    assert by_grader
    assert not by_others
    for processes in (2, 3):
        several, by_grader, by_others = run(folder, processes)
        assert several == alone
        assert not by_grader
        assert by_others


@pytest.mark.parametrize("does", ["raise ValueError('not today')", "return x[:1]", "raise KeyboardInterrupt"])
def test_a_fault_of_the_second_problem_is_said_as_by_one_process(tmp_path, does):
    folder = course(tmp_path, square=does)
    alone, _, _ = run(folder, 1)
    assert alone[0] != 0
    several, by_grader, by_others = run(folder, 2)
    assert several == alone
    assert by_grader
    assert by_others


def test_of_two_faults_the_first_of_the_rubric_is_said(tmp_path):
    folder = course(tmp_path, double="raise ValueError('first')", square="raise ValueError('second')")
    (code, _, said), _, _ = run(folder, 2)
    assert code != 0
    assert "first" in said
    assert "second" not in said


@pytest.mark.parametrize("does", ["print('seen', len(x))", "warnings.warn(f'short: {len(x)}', stacklevel=2)"])
def test_what_trusted_functions_print_or_warn_of_is_seen_once_and_in_order(tmp_path, does):
    folder = course(tmp_path, double=does, square=does)
    alone, _, _ = run(folder, 1)
    assert alone[0] == 0
    assert "seen" in alone[1] or "short" in alone[2]
    several, _, by_others = run(folder, 2)
    assert several == alone
    assert by_others


def test_a_function_that_draws_from_a_shared_generator_is_called_in_the_order_of_the_rubric(tmp_path):
    # Seeded once, each of its numbers depends on how many were drawn before.
    folder = course(
        tmp_path, double="x = x + 2.0**-46 * np.random.uniform()", square="x = x + 2.0**-46 * np.random.uniform()"
    )
    source = folder / "trusted" / "answers.py"
    source.write_text(source.read_text().replace("FOLDER =", "np.random.seed(1)\nFOLDER ="))
    alone, _, _ = run(folder, 1)
    assert alone[0] == 0, alone
    several, _, by_others = run(folder, 2)
    assert several == alone
    assert by_others


STATES = {
    "a generator": ("GENERATOR = np.random.default_rng(1)\n", "x = x + 2.0**-46 * GENERATOR.uniform()"),
    "a counter": ("COUNT = [0]\n", "COUNT[0] += 1; x = x * (1 + COUNT[0] * 2.0**-50)"),
    "an attribute": ("", "square.calls = getattr(square, 'calls', 0) + 1; x = x * (1 + square.calls * 2.0**-50)"),
    "a class": ("class Kept:\n    calls = 0\n", "Kept.calls += 1; x = x * (1 + Kept.calls * 2.0**-50)"),
    "a default": ("def again(kept=[0]):\n    kept[0] += 1\n    return kept[0]\n", "x = x * (1 + again() * 2.0**-50)"),
    "beside a function": ("KEPT = {'f': lambda x: x, 'n': 0}\n", "KEPT['n'] += 1; x = x * (1 + KEPT['n'] * 2.0**-50)"),
    "a function begun": ("NUMBERS = (n for n in range(10**6))\n", "x = x * (1 + next(NUMBERS) * 2.0**-50)"),
    "a wrapper": (
        "import functools\n@functools.wraps(print)\ndef wrapper():\n    pass\nwrapper.n = 0\n",
        "wrapper.n += 1; x = x * (1 + wrapper.n * 2.0**-50)",
    ),
}


@pytest.mark.parametrize(("before", "does"), STATES.values(), ids=STATES)
def test_functions_whose_module_keeps_something_are_called_in_the_order_of_the_rubric(tmp_path, before, does):
    folder = course(tmp_path, double=does, square=does)
    source = folder / "trusted" / "answers.py"
    source.write_text(source.read_text().replace("FOLDER =", f"{before}FOLDER ="))
    alone, _, _ = run(folder, 1)
    assert alone[0] == 0, alone
    several, _, by_others = run(folder, 2)
    assert several == alone
    assert by_others


def test_a_module_of_classes_and_tools_is_worked_out_by_forks(tmp_path):
    folder = course(tmp_path)
    tools = """
import abc, collections, dataclasses, enum, functools, threading, typing
LOCK, RLOCK = threading.Lock(), threading.RLock()
Pair = collections.namedtuple("Pair", "a b")
class Colour(enum.Enum):
    RED = 1
class Base(abc.ABC):
    __slots__ = ("a",)
    @property
    def p(self): return 1
    @staticmethod
    def s(): pass
    @classmethod
    def c(cls): pass
@dataclasses.dataclass(frozen=True)
class Point:
    x: float = 0.0
    names: list = dataclasses.field(default_factory=list)
T = typing.TypeVar("T")
@functools.lru_cache
def cached(n: int) -> int: return n
half = functools.partial(max, 0.5)
KEPT = [Point(), Pair(1, 2), Colour.RED, np.random.default_rng(1), {1, 2}, np.arange(3.0), cached, half]
"""
    source = folder / "trusted" / "answers.py"
    source.write_text(source.read_text().replace("FOLDER =", f"{tools}FOLDER ="))
    (code, *_), by_grader, by_others = run(folder, 2)
    assert code == 0
    assert not by_grader
    assert by_others


# No more processes are made, or none but one; or the ends of children are not told.
@pytest.mark.parametrize("besides", [("forks", "0"), ("forks", "1"), ("deaf",)], ids="-".join)
def test_where_the_system_gives_no_forks_the_grader_does_it_alone(tmp_path, besides):
    folder = course(tmp_path)
    alone, _, _ = run(folder, 1)
    several, by_grader, _ = run(folder, 2, *besides)
    assert several == alone
    assert by_grader


def test_what_a_fork_that_died_did_not_send_is_worked_out_here(tmp_path):
    alone, _, _ = run(course(tmp_path / "alone"), 1)
    folder = course(tmp_path / "several", square="in_fork() and os.kill(os.getpid(), signal.SIGKILL)")
    several, by_grader, by_others = run(folder, 2)
    assert several == alone
    assert by_grader
    assert by_others


def test_a_process_with_several_threads_does_not_fork(tmp_path):
    folder = course(tmp_path)
    alone, _, _ = run(folder, 1)
    several, by_grader, by_others = run(folder, 2, "thread")
    assert several == alone
    assert by_grader
    assert not by_others


def test_forks_end_when_the_run_is_left(tmp_path):
    folder = course(tmp_path, double="signal.pause()")
    (tmp_path / "pids").touch()
    done = subprocess.run(
        command(folder, 2, "leave"), cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert "ChildProcessError" in done.stderr


def test_forks_end_with_the_grader(tmp_path):
    folder = course(tmp_path, double="os.write(1, b'at work\\n'); signal.pause()")
    with subprocess.Popen(command(folder, 2), cwd=ROOT, stdout=subprocess.PIPE) as grader:
        assert grader.stdout.readline() == b"before at work\n"
        grader.send_signal(signal.SIGKILL)
        # Whoever is left holds the pipe open.
        assert grader.communicate(timeout=60)[0] == b""
