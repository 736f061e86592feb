"""How fast a class is graded: CPU and time for each submission, beside the floor and beside other graders.

``python benchmarks/throughput.py [--submissions N] [--level A B] [--memory] [--alone N] [--dask 1 2] [--profile]``, on
Linux; docs/scaling.md has the figures of one run and says how to read them.
"""

import argparse
import cProfile
import os
import pickle
import platform
import pstats
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks.batch_runs import BatchRun, dask_cluster, run_batch
from benchmarks.class_of_answers import make_class
from benchmarks.floor import ROOT, RUBRIC, SUBMISSIONS, BareProcess, Desk, opened_desk
from benchmarks.other_graders import OTHERS, Other, Work
from benchmarks.six_tests import TESTS
from benchmarks.spent import spent
from grader.batch.work import Task, graded_entry
from grader.grading.engine import Manner, trusted_modules
from grader.loading.submissions import load_submissions
from grader.model.assignment import Limits
from grader.model.submission import Submission
from grader.sandbox import SandboxUnavailableError, open_sandbox

FAR_OUT = 700
"""Logits above this overflow exp() unless they are shifted first: float64 ends at exp(709.8)."""
FLOOR_FILES, FLOOR_ROUNDS = 46, 3
IMPORTS = 10
MIB = 2**20
PROFILED = 25
"""So many functions are told."""
DASK_CLASS = 200
SIZES = (100, 1_000, 10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table: what one submission takes.

    Parameters
    ----------
    name : str
        By what.
    count : int
        How many were measured.
    cpu_s, wall_s : float
        For each; the clock is nan where it says nothing.
    note : str
        What else is to be known.
    """

    name: str
    count: int
    cpu_s: float
    wall_s: float = float("nan")
    note: str = ""


class Bench:
    """What all measurements share.

    Parameters
    ----------
    given : argparse.Namespace
        The command line.
    folder : Path
        A temporary folder.
    """

    def __init__(self, given: argparse.Namespace, folder: Path) -> None:
        self._given = given
        self._folder = folder
        self._examples = sorted(SUBMISSIONS.glob("*.py"))
        self._folders = 0

    def new_folder(self) -> Path:
        """Return an empty folder."""
        self._folders += 1
        folder = self._folder / str(self._folders)
        folder.mkdir()
        return folder

    def new_class(self, count: int, *, own_mistakes: bool = False) -> list[Path]:
        """Return the files of a class, in a folder of their own."""
        return make_class(self.new_folder(), self._examples, count, self._given.seed, own_mistakes=own_mistakes)

    def batch(self, answers: Sequence[Path], *options: str) -> BatchRun:
        """Grade a class."""
        jobs = ["--jobs", str(self._given.jobs)]
        return run_batch(answers[0].parent, self.new_folder() / "out", [*jobs, *options])

    def alone(self, answers: Sequence[Path]) -> BatchRun:
        """Do for a class what the batch itself does, without grading."""
        return run_batch(answers[0].parent, self.new_folder() / "out", [], graded=False)

    def others(self, calls: Path) -> Iterator[tuple[Other, Row | None]]:
        """Yield what other graders take, None where one is not installed."""
        for other in OTHERS:
            if other.missing:
                yield other, None
                continue
            count = self._given.others * (self._given.together if other.together else 1)
            answers = self.new_class(count)
            took = other.run(Work(folder=self.new_folder(), answers=answers, calls=calls, jobs=self._given.jobs))
            tally = f"{sum(n == len(TESTS) for n in took.passed)} of {count} pass all six tests"
            yield (
                other,
                Row(name=other.name, count=count, cpu_s=took.cpu_s / count, wall_s=took.wall_s / count, note=tally),
            )


def numpy_row() -> Row:
    """Return what an interpreter that imports numpy takes."""
    took = [spent([sys.executable, "-c", "import numpy"], cwd=ROOT) for _ in range(IMPORTS)]
    cpu_s, wall_s = (sum(getattr(one, name) for one in took) / IMPORTS for name in ("cpu_s", "wall_s"))
    return Row(name="python -c 'import numpy'", count=IMPORTS, cpu_s=cpu_s, wall_s=wall_s)


def write_calls(desk: Desk, path: Path) -> int:
    """Write the calls that a right answer gets, with what is expected, by the test that makes them; return how many."""
    assignment = desk.rubric.assignment
    modules = trusted_modules(desk.rubric.path, assignment)
    trusted = {problem.function: modules.function(problem.reference) for problem in assignment.problem}
    calls: dict[str, list[dict[str, object]]] = {name: [] for name in TESTS}
    recorded = desk.recorded(_loaded(desk, [SUBMISSIONS / "right_einsum.py"])[0])
    for call in recorded:
        answer = trusted[call.function](*call.arguments)
        expected = tuple(np.asarray(each) for each in (answer if isinstance(answer, tuple) else (answer,)))
        far_out = call.function == "softmax_VJP" and np.max(np.abs(call.arguments[0]), initial=0.0) > FAR_OUT
        calls[f"{call.function}_far_out" if far_out else call.function].append(
            {"function": call.function, "arguments": call.arguments, "expected": expected}
        )
    path.write_bytes(pickle.dumps(calls))
    return len(recorded)


class Floor:
    """The bare loop, measured before and after everything else.

    Parameters
    ----------
    desk : Desk
        Says which calls are made.
    answers : sequence of Path
        Files of the class.
    """

    def __init__(self, desk: Desk, answers: Sequence[Path]) -> None:
        self._asked = [(one, desk.recorded(one)) for one in _loaded(desk, answers[:FLOOR_FILES])]
        self._cpu_s: list[float] = []

    def measure(given: argparse.Namespace, folder: Path) -> None:
    """Measure everything that was asked for, and print it."""
    bench = Bench(given, folder)
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}, {os.cpu_count()} cores")
    print(f"load average before: {_load()}; seed {given.seed}; grader batch on {given.jobs} processes")
    levels = {level: reached(level) for level in given.level}
    for level, reason in levels.items():
        if reason:
            print(f"level {level}: not asked, {reason}")
    able = [level for level, reason in levels.items() if not reason]
    if given.submissions:
        print_throughput(bench, given, able, folder / "calls.pickle")
    if given.alone:
        print_alone(bench, given.alone)
    if able and given.dask:
        print_dask(bench, bench.new_class(given.submissions or DASK_CLASS), given.dask, able[0])
    if able and given.memory:
        print_sizes(bench, given.memory, able[0])
    print(f"load average after: {_load()}")


def print_throughput(bench: Bench, given: argparse.Namespace, able: Sequence[str], calls: Path) -> None:
    """Print what one submission takes here, at the floor, and elsewhere."""
    print("CPU: user and system time of every process, by wait4; on the clock, one after the other where a tool works on")
    print("one at a time\n", flush=True)
    answers = bench.new_class(given.submissions)
    with opened_desk(RUBRIC, able[0] if able else "auto") as desk:
        made = write_calls(desk, calls)
        floor = Floor(desk, answers)
        floor.measure()
        first = numpy_row()
        ours = [row for level in able for row in batch_rows(level, bench.batch(answers, "--isolation", level), given.jobs)]
        own = []
        if given.own and able:
            run = bench.batch(bench.new_class(given.own, own_mistakes=True), "--isolation", able[0])
            own = batch_rows(able[0], run, given.jobs, "own mistakes")
        others = list(bench.others(calls))
        floor.measure()
        rows = [first, floor.row(), *ours, *own, *(row for _, row in others if row is not None)]
        print_table(rows, floor.row())
        for other, row in others:
            if row is None:
                print(f"{other.name}: not asked, {other.needs} is not installed")
        print(f"\nother graders make {made} calls for each submission, as many as a right answer gets here")
        print_goals(ours, floor.row(), others)
        if given.profile:
            print_profile(desk, answers[: given.profile], PROFILED)


def _load() -> str:
    return ", ".join(f"{each:.1f}" for each in os.getloadavg())


def print_goals(ours: Sequence[Row], floor: Row, others: Sequence[tuple[Other, Row | None]]) -> None:
    """Print which goals are met, by the whole batch and by its steady half."""
    for row in ours:
        print(f"{row.name}:")
        ratio = row.cpu_s / floor.cpu_s
        print_goal(f"{ratio:.1f} times the CPU of the floor; the goal is 2", met=ratio <= 2)
        for other, theirs in others:
            if theirs is not None:
                cpu, wall = theirs.cpu_s / row.cpu_s, theirs.wall_s / row.wall_s
                says = (
                    f"{other.name} takes {wall:.1f} times the time, {cpu:.1f} times the CPU; the goal is {other.goal:g}"
                )
                print_goal(says, met=wall >= other.goal)


def main() -> None:
    """Read the command line, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=1000, help="the size of the class; 0 for none")
    parser.add_argument("--level", nargs="+", default=["A", "B"], help="isolation levels")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--own", type=int, default=100, help="a class in which no two are wrong alike, of this size")
    parser.add_argument("--others", type=int, default=5, help="how many each other grader gets")
    parser.add_argument("--together", type=int, default=20, help="times as many where one takes all at once")
    parser.add_argument("--memory", type=int, nargs="*", help=f"classes of these sizes as well (default {SIZES})")
    parser.add_argument("--alone", type=int, nargs="+", default=[], help="the batch without grading, for such classes")
    parser.add_argument("--dask", type=int, nargs="+", default=[], help="so many Dask workers as well")
    parser.add_argument("--profile", type=int, nargs="?", const=100, default=0, help="profile this many submissions")
    given = parser.parse_args()
    if given.memory == []:
        given.memory = list(SIZES)
    if sys.platform != "linux":
        print("not measured: what processes take is read from Linux")
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(given, Path(folder))


if __name__ == "__main__":
    main()
