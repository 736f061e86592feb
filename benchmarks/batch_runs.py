"""Runs of ``grader batch``, taken apart into what comes before the first hand-in, each hand-in, and the results."""

import contextlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.floor import ROOT, RUBRIC
from benchmarks.no_grading import BEGIN
from benchmarks.spent import Line, Spent, spent

_DONE = re.compile(r"(\d+) of (\d+)\b")
"""How a line begins that says how far the batch has come; there are some forty of them."""
_START_S = 60.0
_NO_GRADING = "from benchmarks.no_grading import start; start()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a run.

    Parameters
    ----------
    count : int
        How many hand-ins were counted in it.
    wall_s, cpu_s : float
        What it took.
    """

    count: int
    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRun:
    """A batch that has run.

    Parameters
    ----------
    count : int
        Hand-ins.
    spent : Spent
        What it took.
    out : Path
        Its results.
    """

    count: int
    spent: Spent
    out: Path

    def stretch(self, begin: float, end: float) -> Stretch:
        """Return the part of the run between two shares of the class, to the nearest line that was printed.

        Parameters
        ----------
        begin, end : float
            Between 0 and 1.
        """
        marks = self._marks()
        first = min(marks, key=lambda n: abs(n - begin * self.count))
        last = min(marks, key=lambda n: abs(n - end * self.count))
        a, b = marks[first], marks[last]
        return Stretch(count=last - first, wall_s=b.wall_s - a.wall_s, cpu_s=b.cpu_s - a.cpu_s)

    @property
    def before(self) -> Line:
        """The first line that counts something: the sandboxes are open by then, and the plan is drawn."""
        return min(self._marks().items())[1]

    @property
    def begun(self) -> Line:
        """The line before those of the command, where it did not grade."""
        return next(line for line in self.spent.lines if line.text.strip() == BEGIN)

    @property
    def results(self) -> Stretch:
        """What came after the last hand-in: feedback, grades, the class report."""
        last = max(self._marks().items())[1]
        return Stretch(
            count=self.count,
            wall_s=self.spent.wall_s - last.wall_s,
            cpu_s=max(0.0, self.spent.cpu_s - last.cpu_s),
        )

    def bytes_of(self, pattern: str) -> int:
        """Return how much the files of the results hold whose paths match a pattern."""
        return sum(path.stat().st_size for path in self.out.glob(pattern) if path.is_file())

    def _marks(self) -> dict[int, Line]:
        found = {int(match[1]): line for line in self.spent.lines if (match := _DONE.match(line.text))}
        if self.count not in found:
            msg = f"the batch does not say that it has come to its end:\n{self.spent.text[-2000:]}"
            raise AssertionError(msg)
        return found


def run_batch(
    answers: Path, out: Path, options: Sequence[str], *, rubric: Path = RUBRIC, graded: bool = True
) -> BatchRun:
    """Run ``grader batch``.

    Parameters
    ----------
    answers : Path
        The folder of the class.
    out : Path
        Where the results go; it is not there yet.
    options : sequence of str
        Besides those that are needed.
    rubric : Path
        By what is graded.
    graded : bool
        False to have workers that take no time, see `no_grading`.

    Raises
    ------
    CommandFailedError
        Not everything was graded.
    """
    count = sum(1 for _ in answers.iterdir())
    words = ["batch", str(answers), "--rubric", str(rubric), "--out", str(out), *options]
    start = ["-m", "grader"] if graded else ["-c", _NO_GRADING]
    took = spent([sys.executable, *start, *words], cwd=ROOT, environment={"PYTHONDONTWRITEBYTECODE": "1"}, watched=True)
    return BatchRun(count=count, spent=took, out=out)


@contextlib.contextmanager
def dask_cluster(folder: Path, workers: int) -> Iterator[str]:
    """Start a scheduler and workers of this machine by Dask's own commands; yield the scheduler's address.

    Parameters
    ----------
    folder : Path
        Theirs.
    workers : int
        Processes of one thread each.
    """
    file = folder / "scheduler.json"
    scheduler = ["scheduler", "--port", "0", "--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)]
    worker = ["worker", "--scheduler-file", str(file), "--nworkers", str(workers), "--nthreads", "1"]
    worker += ["--no-dashboard", "--local-directory", str(folder)]
    started = []
    try:
        for name, *options in (scheduler, worker):
            command = [sys.executable, "-m", f"distributed.cli.dask_{name}", *options]
            started.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        yield _address(file)
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


def _address(file: Path) -> str:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            return json.loads(file.read_text(encoding="utf-8"))["address"]
        time.sleep(0.1)
    msg = "the Dask scheduler does not start"
    raise AssertionError(msg)
