"""How long a student waits: each command against a bare import, in pairs, in one run.

    python benchmarks/startup.py [--runs 15]

Prints the ratio of each command's time to that of the import it is held against. Both are run in turn, so that a
machine that is busy for a while is busy for both; the ratio is that of the medians, with the quartiles of the pairs.
"""

import argparse
import os
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
ANSWER = ROOT / "submissions" / "right_einsum.py"
MAIN = "import sys; from grader.cli import main; sys.exit(main())"
NUMPY = "import numpy"
RICH = "import rich"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What is measured, against what, and how many times as long it may take."""

    name: str
    against: str
    times: float


def grader(*words: str) -> list[str]:
    return [sys.executable, "-c", MAIN, *words]


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def seconds(command: Sequence[str], folder: Path) -> float:
    """Return the seconds from a command's start to its end."""
    begun = time.perf_counter()
    run = subprocess.run(command, cwd=folder, env=environment(), stdout=subprocess.DEVNULL, check=False)
    taken = time.perf_counter() - begun
    if run.returncode not in {0, 1}:
        msg = f"{' '.join(command[3:])} ended with status {run.returncode}"
        raise RuntimeError(msg)
    return taken


def environment() -> dict[str, str]:
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**os.environ, **threads, "PYTHONPATH": str(ROOT)}


class Watch:
    """A `grader check --watch` that is kept going; each `cycle` saves the answer and waits for the verdict."""

    def __init__(self, kit: Path) -> None:
        self._answer = kit / "starter.py"
        self._text = ANSWER.read_text(encoding="utf-8")
        self._saves = 0
        self._process = subprocess.Popen(
            grader("check", "--watch"), cwd=kit, env={**environment(), "PYTHONUNBUFFERED": "1"}, text=True,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        self._until("watching")

    def cycle(self) -> float:
        # The process of the next run is made ahead, while a person types.
        time.sleep(0.7)
        self._saves += 1
        begun = time.perf_counter()
        self._answer.write_text(f"{self._text}\n# {self._saves}\n", encoding="utf-8")
        self._until("all visible checks pass")
        return time.perf_counter() - begun

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


def pairs(first: Callable[[], float], second: Callable[[], float], runs: int) -> tuple[list[float], list[float]]:
    first(), second()
    measured = [(first(), second()) for _ in range(runs)]
    return [a for a, _ in measured], [b for _, b in measured]


def told(goal: Goal, taken: list[float], held: list[float]) -> str:
    ratios = sorted(a / b for a, b in zip(taken, held, strict=True))
    low, _, high = statistics.quantiles(ratios, n=4)
    ratio = statistics.median(taken) / statistics.median(held)
    verdict = "met" if ratio <= goal.times else "not met"
    own, other = 1e3 * statistics.median(taken), 1e3 * statistics.median(held)
    times = f"{goal.name:20s} {own:6.0f} ms   {goal.against:26s} {other:6.0f} ms"
    return f"{times}   {ratio:5.2f}x ({low:.2f} to {high:.2f})   goal {goal.times}x: {verdict}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15, metavar="N", help="pairs of each (default: 15)")
    runs = max(2, parser.parse_args().runs)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive = str(folder / "kit.zip")
        subprocess.run(
            grader("kit", str(ROOT / "rubrics" / "cs280_hw1.toml"), "--out", archive), env=environment(), check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        zipfile.ZipFile(archive).extractall(folder)
        kit = folder / "cs280_hw1"
        shutil.copy(ANSWER, kit / "starter.py")
        numpy, rich = (lambda code=code: seconds(python(code), kit) for code in (NUMPY, RICH))
        check, help_ = (lambda words=words: seconds(grader(*words), kit) for words in (["check"], ["--help"]))
        held = f"python -c '{NUMPY}'"
        print(told(Goal(name="grader check", against=held, times=3), *pairs(check, numpy, runs)))
        light = f"python -c '{RICH}'"
        print(told(Goal(name="grader --help", against=light, times=1.5), *pairs(help_, rich, runs)))
        watch = Watch(kit)
        try:
            print(told(Goal(name="a cycle of --watch", against=held, times=0.3), *pairs(watch.cycle, numpy, runs)))
        finally:
            watch.close()


if __name__ == "__main__":
    main()
