"""How fast a class is graded: CPU and time for each submission, beside the floor and beside other graders.

``python benchmarks/throughput.py [--submissions N] [--level A B] [--memory] [--alone N] [--dask 1 2] [--profile]``, on
Linux; docs/scaling.md has the figures of one run and says how to read them.
"""

import argparse
import os
import pickle
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks.batch_runs import BatchRun, dask_cluster, run_batch
from benchmarks.class_of_answers import make_class
from benchmarks.floor import ROOT, RUBRIC, SUBMISSIONS, BareProcess, Desk, opened_desk
from benchmarks.other_graders import OTHERS, Other, Work
from benchmarks.profiled import loaded, print_profile
from benchmarks.six_calls import write_six_calls
from benchmarks.six_tests import TESTS
from benchmarks.spent import spent
from grader.grading.engine import trusted_modules
from grader.model.assignment import Limits
from grader.sandbox import SandboxUnavailableError, open_sandbox

FAR_OUT = 700
"""Logits above this overflow exp() unless they are shifted first: float64 ends at exp(709.8)."""
FLOOR_FILES, FLOOR_ROUNDS = 46, 2
IMPORTS = 10
MIB = 2**20
RIGHT = "right_"
"""How the names of right examples begin."""
PROFILED = 25
"""So many functions are told."""
DASK_CLASS = 200
JUDGED = 100
"""In a smaller class, what is done once outweighs what is done for each, and no goal is judged."""
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

    def new_class(self, count: int, *, own_mistakes: bool = False, right: bool = False) -> list[Path]:
        """Return the files of a class, in a folder of their own."""
        examples = [path for path in self._examples if path.name.startswith(RIGHT)] if right else self._examples
        return make_class(self.new_folder(), examples, count, self._given.seed, own_mistakes=own_mistakes)

    def batch(self, answers: Sequence[Path], *options: str, rubric: Path = RUBRIC) -> BatchRun:
        """Grade a class."""
        jobs = ["--jobs", str(self._given.jobs)]
        return run_batch(answers[0].parent, self.new_folder() / "out", [*jobs, *options], rubric=rubric)

    def alone(self, answers: Sequence[Path]) -> BatchRun:
        """Do for a class what the batch itself does, without grading."""
        return run_batch(answers[0].parent, self.new_folder() / "out", [], graded=False)

    def others(self, calls: Path, *, right: bool) -> Iterator[tuple[Other, Row | None]]:
        """Yield what other graders take, None where one is not installed."""
        for other in OTHERS:
            if other.missing:
                yield other, None
                continue
            count = self._given.others * (self._given.together if other.together else 1)
            if not count:
                continue
            answers = self.new_class(count, right=right)
            took = other.run(Work(folder=self.new_folder(), answers=answers, calls=calls, jobs=self._given.jobs))
            tally = f"{sum(n == len(TESTS) for n in took.passed)} of {count} pass all six tests"
            row = Row(name=other.name, count=count, cpu_s=took.cpu_s / count, wall_s=took.wall_s / count, note=tally)
            yield other, _told([row])[0]


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
    recorded = desk.recorded(loaded(desk, [SUBMISSIONS / "right_einsum.py"])[0])
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
    """The bare loop, measured before and after each batch, in as many processes at once as a batch has.

    Two busy cores share caches and memory, and on many machines more than that: what runs alone takes less CPU time.

    Parameters
    ----------
    desk : Desk
        Says which calls are made.
    answers : sequence of Path
        Files of the class.
    jobs : int
        How many processes.
    """

    def __init__(self, desk: Desk, answers: Sequence[Path], jobs: int) -> None:
        self._asked = [(one, desk.recorded(one)) for one in loaded(desk, answers[:FLOOR_FILES])]
        self._jobs = jobs
        self._cpu_s: list[float] = []

    def measure(self) -> None:
        """Run the loop on each file."""
        with ThreadPoolExecutor(self._jobs) as threads:
            for measured in [threads.submit(self._measured) for _ in range(self._jobs)]:
                self._cpu_s += measured.result()

    def _measured(self) -> list[float]:
        with BareProcess() as bare:
            return [bare.cpu_s(*asked) for _ in range(FLOOR_ROUNDS) for asked in self._asked]

    def row(self) -> Row:
        """Return what was measured."""
        calls = sum(len(calls) for _, calls in self._asked) / len(self._asked)
        note = f"fork of a numpy process, {calls:.0f} calls in a bare loop"
        return Row(name="the floor", count=len(self._cpu_s), cpu_s=sum(self._cpu_s) / len(self._cpu_s), note=note)


def batch_rows(level: str, run: BatchRun, jobs: int, name: str = "grader batch") -> list[Row]:
    """Return what a batch took for each hand-in: all of it, and its second half alone."""
    took, half = run.spent, run.stretch(0.5, 1.0)
    busy = took.cpu_s / took.wall_s / jobs
    note = f"{run.count / took.wall_s:.1f} a second; {jobs} cores busy {busy:.0%}"
    rows = [
        Row(
            name=f"{name}, level {level}, all of it",
            count=run.count,
            cpu_s=took.cpu_s / run.count,
            wall_s=took.wall_s / run.count,
            note=note,
        )
    ]
    if half.count:
        busy = half.cpu_s / half.wall_s / jobs
        rows.append(
            Row(
                name=f"{name}, level {level}, second half",
                count=half.count,
                cpu_s=half.cpu_s / half.count,
                wall_s=half.wall_s / half.count,
                note=f"{half.count / half.wall_s:.1f} a second; {jobs} cores busy {busy:.0%}",
            )
        )
    return rows


def print_table(rows: Sequence[Row], floor: Row) -> None:
    """Print what each takes."""
    print(f"{'for one submission':44}{'of':>6}{'CPU ms':>9}{'floors':>8}{'ms':>9}")
    for row in rows:
        clock = "" if np.isnan(row.wall_s) else f"{1e3 * row.wall_s:.1f}"
        ratio = row.cpu_s / floor.cpu_s
        print(f"{row.name:44}{row.count:6}{1e3 * row.cpu_s:9.1f}{ratio:8.2f}{clock:>9}  {row.note}".rstrip())


def print_goal(says: str, *, met: bool) -> None:
    """Print whether a goal is met."""
    print(f"  {'met' if met else 'missed':8}{says}")


def print_sizes(bench: Bench, sizes: Sequence[int], level: str, rubric: Path) -> None:
    """Print how memory, time and files grow with the class."""
    print(f"\nlevel {level}; MiB held at most by the batch, by one of its workers, by one process of a sandbox")
    head = ("class", "MiB", "worker", "sandbox", "start s", "first", "last", "results s", "journal", "report", "all s")
    print("".join(f"{name:>10}" for name in head))
    for size in sizes:
        run = bench.batch(bench.new_class(size), "--isolation", level, rubric=rubric)
        first, last = (run.stretch(*part) for part in _ends(size))
        cells = (
            f"{size}",
            *(f"{peak / MIB:.0f}" for peak in run.spent.peak_bytes),
            f"{run.before.wall_s:.1f}",
            *(f"{1e3 * part.wall_s / part.count:.1f} ms" if part.count else "-" for part in (first, last)),
            f"{run.results.wall_s:.1f}",
            f"{run.bytes_of('journal.sqlite*') / size / 1024:.1f} K",
            f"{run.bytes_of('report.html') / size / 1024:.1f} K",
            f"{run.spent.wall_s:.1f}",
        )
        print("".join(f"{cell:>10}" for cell in cells), flush=True)
    print("first, last: time for one of the first and last thousand, or half of a small class; K: KiB for one")


def print_alone(bench: Bench, sizes: Sequence[int]) -> None:
    """Print what the batch does itself, whoever grades: it runs in one process, and more workers do not share it."""
    print("\nthe batch itself, with workers that take no time; CPU ms for one, in one process")
    head = ("class", "first", "last", "results", "MiB", "journal", "feedback", "report", "all CPU s")
    print("".join(f"{name:>10}" for name in head))
    for size in sizes:
        run = bench.alone(bench.new_class(size))
        first, last = (run.stretch(*part) for part in _ends(size))
        cells = (
            f"{size}",
            *(f"{1e3 * part.cpu_s / part.count:.2f}" if part.count else "-" for part in (first, last)),
            f"{1e3 * run.results.cpu_s / size:.2f}",
            f"{run.spent.peak_bytes[0] / MIB:.0f}",
            *(
                f"{run.bytes_of(files) / size / 1024:.2f} K"
                for files in ("journal.sqlite*", "feedback/*", "report.html")
            ),
            f"{run.spent.cpu_s - run.begun.cpu_s:.1f}",
        )
        print("".join(f"{cell:>10}" for cell in cells), flush=True)


def _ends(size: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return which shares of a class are its first and last thousand, without the very first hand-ins."""
    share = min(0.5, max(0.1, 1000 / size))
    return (min(share / 2, 0.05), share), (1 - share, 1.0)


def print_dask(bench: Bench, answers: Sequence[Path], workers: Sequence[int], level: str) -> None:
    """Print what Dask workers of this machine do."""
    if find_spec("distributed") is None:
        print("\nDask: not asked, distributed is not installed")
        return
    print(f"\nDask, {len(answers)} submissions, level {level}, worker processes of one thread on this machine")
    for count in workers:
        with dask_cluster(bench.new_folder(), count) as address:
            run = bench.batch(answers, "--isolation", level, "--executor", "dask", "--scheduler", address)
        half = run.stretch(0.5, 1.0)
        rate = half.count / half.wall_s if half.count else float("nan")
        # The workers are not below the batch: what is counted here is the part that more workers do not share.
        ours = f"{1e3 * half.cpu_s / half.count:.2f} CPU ms for each in the batch itself" if half.count else ""
        print(f"  {count} workers: {rate:.1f} a second in the second half; {ours}", flush=True)


def reached(level: str) -> str:
    """Return why a level cannot be reached here, or nothing."""
    try:
        open_sandbox(isolation=level, packages=("numpy",), limits=Limits()).close()
    except SandboxUnavailableError as error:
        return error.reason
    return ""


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
        print("CPU: user and system time of every process, by wait4; on the clock, one after the other where a tool")
        print("works on one at a time", flush=True)
        answers = bench.new_class(given.submissions)
        print("\nthe assignment as it is, which no other grader has: the goal is the floor")
        print_throughput(bench, given, able, answers, RUBRIC)
        print("\nthe assignment with one call for each of six tests, for every grader: the goals are the others'")
        six_calls = write_six_calls(folder)
        print_throughput(bench, given, able, answers, six_calls)
        print("\nthe same where nobody is wrong: here a wrong answer is asked more, to show a smaller case")
        print_throughput(bench, given, able, bench.new_class(given.submissions, right=True), six_calls, right=True)
    if given.alone:
        print_alone(bench, given.alone)
    if able and given.dask:
        print_dask(bench, bench.new_class(given.submissions or DASK_CLASS), given.dask, able[0])
    if able and given.memory:
        print_sizes(bench, given.memory, able[0], write_six_calls(folder) if given.six else RUBRIC)
    print(f"load average after: {_load()}")


def print_throughput(
    bench: Bench,
    given: argparse.Namespace,
    able: Sequence[str],
    answers: Sequence[Path],
    rubric: Path,
    *,
    right: bool = False,
) -> None:
    """Print what one submission takes here, at the floor, and elsewhere; there, of a class that is right if this is."""
    whole = rubric == RUBRIC
    with opened_desk(rubric, able[0] if able else "auto") as desk:
        calls = bench.new_folder() / "calls.pickle"
        made = write_calls(desk, calls)
        floor = Floor(desk, answers, given.jobs)
        floor.measure()
        first = numpy_row()
        ours: list[Row] = []
        for level in able:
            ours += _told(batch_rows(level, bench.batch(answers, "--isolation", level, rubric=rubric), given.jobs))
            floor.measure()
        own: Sequence[Row] = []
        if given.own and able and whole:
            run = bench.batch(bench.new_class(given.own, own_mistakes=True), "--isolation", able[0])
            own = _told(batch_rows(able[0], run, given.jobs, "own mistakes"))
        others = list(bench.others(calls, right=right))
        rows = [first, floor.row(), *ours, *own, *(row for _, row in others if row is not None)]
        print_table(rows, floor.row())
        for other, row in others:
            if row is None:
                print(f"{other.name}: not asked, {other.needs} is not installed")
        print(f"\nother graders make {made} calls for each submission, as many as a right answer gets here")
        if given.submissions >= JUDGED:
            print_goals(ours, floor.row(), others, whole=whole)
        if given.profile and whole:
            print_profile(desk, answers[: given.profile], PROFILED)


def _told(rows: Sequence[Row]) -> Sequence[Row]:
    # The table needs the floor, which is measured last as well; meanwhile, whoever waits sees that it goes on.
    for row in rows:
        print(
            f"measured: {row.name}, {1e3 * row.cpu_s:.1f} CPU ms for each of {row.count}", file=sys.stderr, flush=True
        )
    return rows


def _load() -> str:
    return ", ".join(f"{each:.1f}" for each in os.getloadavg())


def print_goals(ours: Sequence[Row], floor: Row, others: Sequence[tuple[Other, Row | None]], *, whole: bool) -> None:
    """Print which goals are met, by the whole batch and by its steady half."""
    for row in ours:
        print(f"{row.name}:")
        ratio = row.cpu_s / floor.cpu_s
        says = f"{ratio:.2f} times the CPU of the floor"
        if whole:
            print_goal(f"{says}; the goal is 2", met=ratio <= 2)
        else:
            print(f"  {'':8}{says}")
        for other, theirs in others:
            if theirs is None:
                continue
            cpu, wall = theirs.cpu_s / row.cpu_s, theirs.wall_s / row.wall_s
            says = f"{other.name} takes {wall:.1f} times the time, {cpu:.1f} times the CPU"
            if whole:
                print(f"  {'':8}{says}")
            else:
                print_goal(f"{says}; the goal is {other.goal:g}", met=wall >= other.goal)


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
    parser.add_argument("--memory", type=int, nargs="*", help=f"classes of these sizes as well (default: {SIZES})")
    parser.add_argument("--six", action="store_true", help="measure memory with one call for each of six tests")
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
