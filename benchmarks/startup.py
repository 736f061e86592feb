"""How long a student waits: each command against a bare import, in pairs, in one run.

    python benchmarks/startup.py [--runs 15]

The two of a pair run one after the other, so that a machine that is busy for a while is busy for both. Everything is
compiled beforehand, as `pip` leaves it. A ratio is that of the medians, with the quartiles of the pairs' own.
"""

import argparse
import compileall
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUBRIC = ROOT / "rubrics" / "cs280_hw1.toml"
RIGHT = ROOT / "submissions" / "right_einsum.py"
WRONG = ROOT / "submissions" / "wrong_grad_pi_constrained_multiplier_of_the_optimum.py"
"""As fast as the right one, so that what is measured is what it takes to say what is wrong."""
WRONG_LOOPS = ROOT / "submissions" / "wrong_grad_pi_missing_1_over_pi.py"
"""Loops over samples and components: its own calls take several times as long (`benchmarks/floor.py`)."""
MAIN = "import sys; from grader.cli import main; sys.exit(main())"
"""What the command `grader` runs."""
NUMPY = "import numpy"
RICH = "import rich"
# What the processes of submissions import, too, and never compile by themselves.
IMPORTED = "import numpy, numpy.fft, numpy.linalg, numpy.random, rich"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What is measured, against which import, and how many times as long it may take."""

    name: str
    against: str
    times: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Seconds from start to end, and of CPU by all processes together; None where that is not known."""

    wall_s: float
    cpu_s: float | None = None


def grader(*words: str) -> list[str]:
    return [sys.executable, "-c", MAIN, *words]


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def environment() -> dict[str, str]:
    """Return the environment of all that is measured: one thread for linear algebra, and compiled modules are kept."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**inherited, **threads, "PYTHONPATH": str(ROOT)}


def compile_all() -> None:
    """Compile what is imported, as `pip` does when it installs: else compiling it would be most of what is measured."""
    compileall.compile_dir(ROOT / "grader", quiet=2)
    subprocess.run(python(IMPORTED), env=environment(), check=True)


def spent(command: Sequence[str], folder: Path) -> Taken:
    """Run a command to its end; return what it took."""
    before, begun = _cpu_s(), time.perf_counter()
    run = subprocess.run(command, cwd=folder, env=environment(), stdout=subprocess.DEVNULL, check=False)
    taken = Taken(wall_s=time.perf_counter() - begun, cpu_s=_cpu_s() - before)
    if run.returncode not in {0, 1}:
        msg = f"{' '.join(command[3:])} ended with status {run.returncode}"
        raise RuntimeError(msg)
    return taken


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Watch:
    """A `grader check --watch` that is kept going; each `cycle` saves the answer and waits for the verdict."""

    def __init__(self, kit: Path) -> None:
        self._answer = kit / "starter.py"
        self._text = RIGHT.read_text(encoding="utf-8")
        self._saves = 0
        self._process = subprocess.Popen(
            grader("check", "--watch"), cwd=kit, env={**environment(), "PYTHONUNBUFFERED": "1"}, text=True,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        self._until("watching")

    def cycle(self) -> Taken:
        # The process of the next run is made ahead, while a person types.
        time.sleep(0.7)
        self._saves += 1
        begun = time.perf_counter()
        self._answer.write_text(f"{self._text}\n# {self._saves}\n", encoding="utf-8")
        self._until("all visible checks pass")
        return Taken(wall_s=time.perf_counter() - begun)

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _until(self, words: str) -> None:
        stream = self._process.stdout
        while stream is not None and (line := stream.readline()):
            if words in line:
                return
        msg = "the watch ended by itself"
        raise RuntimeError(msg)


def measure(goal: Goal, first: Callable[[], Taken], second: Callable[[], Taken], runs: int) -> None:
    """Run two things in turn, and print the one against the other."""
    first(), second()
    pairs = [(first(), second()) for _ in range(runs)]
    print(_told(goal, [a for a, _ in pairs], [b for _, b in pairs]), flush=True)


def _told(goal: Goal, own: list[Taken], held: list[Taken]) -> str:
    ratios = sorted(a.wall_s / b.wall_s for a, b in zip(own, held, strict=True))
    low, _, high = statistics.quantiles(ratios, n=4)
    one, other = (statistics.median(taken.wall_s for taken in all_) for all_ in (own, held))
    cpu = [[taken.cpu_s for taken in all_ if taken.cpu_s is not None] for all_ in (own, held)]
    of_cpu = f"{statistics.median(cpu[0]) / statistics.median(cpu[1]):5.2f}x" if all(cpu) else "     –"
    verdict = f"goal {goal.times}x: {'met' if one <= goal.times * other else 'missed'}"
    times = f"{goal.name:30s} {1e3 * one:6.0f} ms   {goal.against:12s} {1e3 * other:6.0f} ms"
    return f"{times}   {one / other:5.2f}x ({low:.2f} to {high:.2f})   CPU {of_cpu}   {verdict}"


def unpacked_kit(folder: Path) -> Path:
    """Make the kit of CS280 HW1 in a folder; return where it lies."""
    archive = str(folder / "kit.zip")
    making = grader("kit", str(RUBRIC), "--out", archive)
    subprocess.run(making, env=environment(), check=True, stdout=subprocess.DEVNULL)
    zipfile.ZipFile(archive).extractall(folder)
    kit = folder / "cs280_hw1"
    shutil.copy(RIGHT, kit / "starter.py")
    shutil.copy(WRONG, kit / "wrong.py")
    shutil.copy(WRONG_LOOPS, kit / "loops.py")
    return kit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15, metavar="N", help="pairs of each (default: 15)")
    runs = max(2, parser.parse_args().runs)
    compile_all()
    with tempfile.TemporaryDirectory() as name:
        kit = unpacked_kit(Path(name))

        def run(*words: str) -> Callable[[], Taken]:
            return lambda: spent(grader(*words), kit)

        numpy, rich = (lambda code=code: spent(python(code), kit) for code in (NUMPY, RICH))
        measure(Goal(name="grader check, right answer", against=NUMPY, times=3), run("check"), numpy, runs)
        measure(Goal(name="grader check, wrong answer", against=NUMPY, times=3), run("check", "wrong.py"), numpy, runs)
        measure(
            Goal(name="the same, an answer in loops", against=NUMPY, times=3), run("check", "loops.py"), numpy, runs
        )
        measure(Goal(name="grader --help", against=RICH, times=1.5), run("--help"), rich, runs)
        watch = Watch(kit)
        try:
            measure(Goal(name="a cycle of --watch", against=NUMPY, times=0.3), watch.cycle, numpy, runs)
        finally:
            watch.close()


if __name__ == "__main__":
    main()
