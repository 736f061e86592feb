"""The floor of grading: fork a process that has numpy, run the source, make the calls in a bare loop, exit.

Prints for each of the given files the CPU that this takes, and the CPU that grading it takes, both in one run:
``python benchmarks/floor.py [--rounds N] [FILE ...]``. Plan and truth are known already.
"""

import argparse
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.grading.basis import Grading
from grader.grading.engine import trusted_modules
from grader.grading.plan import draw_plan
from grader.grading.run import Asker
from grader.grading.submission import grade_problems
from grader.grading.told import caller_of
from grader.loading.rubric import Rubric, load_rubric
from grader.loading.submissions import load_submissions
from grader.model.case import Call
from grader.model.outcome import Outcome
from grader.model.submission import Submission
from grader.sandbox import Sandbox, open_sandbox
from grader.sandbox.launch import clean_environment
from grader.sandbox.questions import Question
from grader.truth.book import Truth

ROOT = Path(__file__).parents[1]
RUBRIC = ROOT / "rubrics" / "cs280_hw1.toml"
SUBMISSIONS = ROOT / "submissions"

BARE = """
import os, pickle, resource, sys
import numpy

def cpu_s(usage):
    return usage.ru_utime + usage.ru_stime

while True:
    try:
        sources, calls = pickle.load(sys.stdin.buffer)
    except EOFError:
        break
    before = cpu_s(resource.getrusage(resource.RUSAGE_SELF))
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        names = {}
        for source in sources:
            try:
                exec(compile(source, "answer.py", "exec"), names)
            except BaseException:
                pass
        for function, arguments in calls:
            try:
                names[function](*arguments)
            except BaseException:
                pass
        os._exit(0)
    usage = os.wait4(pid, 0)[2]
    pickle.dump(cpu_s(usage) + cpu_s(resource.getrusage(resource.RUSAGE_SELF)) - before, sys.stdout.buffer)
    sys.stdout.buffer.flush()
"""
"""What the process does that is forked; it is no part of the grader, and confines nothing."""


class BareProcess:
    """A process that has numpy and forks for a submission; a context manager."""

    def __init__(self) -> None:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self._popen = subprocess.Popen([sys.executable, "-c", BARE], env=clean_environment(), **pipes)

    def cpu_s(self, submission: Submission, calls: Sequence[Call]) -> float:
        """Return the CPU seconds, of parent and child, that a submission's calls take in a bare loop.

        Parameters
        ----------
        submission : Submission
            Whose source is run; a function that is not there, or raises, costs what that costs.
        calls : sequence of Call
            As `recorded`.

        Returns
        -------
        float
        """
        bare = [(call.function, tuple(a if a.ndim else a[()] for a in call.arguments)) for call in calls]
        pickle.dump(([chunk.source for chunk in submission.chunks], bare), self._popen.stdin)
        self._popen.stdin.flush()
        return pickle.load(self._popen.stdout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._popen.stdin.close()
        self._popen.wait()


@dataclass(slots=True)
class Recorder:
    """A caller that keeps the calls that it passes on."""

    caller: Asker
    calls: list[Call] = field(default_factory=list)

    def call(self, call: Call) -> Outcome:
        """Return what came back."""
        self.calls.append(call)
        return self.caller.call(call)

    def ask(self, questions: Sequence[Question]) -> Sequence[Outcome]:
        """Return what came back of many calls."""
        outcomes = self.caller.ask(questions)
        self.calls += [one.call for one in questions[: len(outcomes)]]
        return outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where submissions are graded: the rubric, what is known of its truth, a sandbox."""

    rubric: Rubric
    grading: Grading
    sandbox: Sandbox

    def recorded(self, submission: Submission) -> list[Call]:
        """Grade a submission and return the calls that were made."""
        with self.sandbox.session(submission) as session:
            recorder = Recorder(caller_of(session, submission, session.load()))
            grade_problems(self.grading, recorder, lambda check_id: check_id)
        return recorder.calls

    def graded(self, submission: Submission) -> None:
        """Grade a submission."""
        with self.sandbox.session(submission) as session:
            caller = caller_of(session, submission, session.load())
            grade_problems(self.grading, caller, lambda check_id: check_id)

    def processes_cpu_s(self) -> float:
        """Return the CPU seconds that the sandbox's processes have taken, to the kernel's 10 ms."""
        tick = os.sysconf("SC_CLK_TCK")
        pid = self.sandbox._launcher.zygote_pid
        seconds = 0
        for process in (pid, *_children(pid)):
            fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            # Of itself and of the children that it has waited for (proc(5): utime, stime, cutime, cstime).
            seconds += sum(map(int, fields[11:15]))
        return seconds / tick


def _children(pid: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


@contextmanager
def opened_desk(rubric_path: Path, isolation: str = "auto") -> Iterator[Desk]:
    """Draw the plan of a rubric and open a sandbox.

    Parameters
    ----------
    rubric_path : Path
        The rubric.
    isolation : str
        As `open_sandbox` takes it.

    Yields
    ------
    Desk
    """
    rubric = load_rubric(rubric_path)
    assignment = rubric.assignment
    modules = trusted_modules(rubric.path, assignment)
    truth = Truth(assignment, modules, assignment.seed)
    plan = draw_plan(assignment, modules, truth, assignment.seed)
    with open_sandbox(isolation=isolation, packages=assignment.packages, limits=assignment.limits) as sandbox:
        yield Desk(rubric=rubric, grading=Grading(plan=plan, truth=truth), sandbox=sandbox)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one submission costs, in CPU seconds of all processes.

    Parameters
    ----------
    calls : int
        How many calls grading makes.
    floor_s : float
        The bare loop.
    first_s : float
        Grading it for the first time, with what is measured for its sake alone; the grader's own process only.
    again_s : float
        Grading it, or one that does the same, once more.
    """

    calls: int
    floor_s: float
    first_s: float
    again_s: float


def cost(desk: Desk, bare: BareProcess, submission: Submission, rounds: int) -> Cost:
    """Return what a submission costs.

    Parameters
    ----------
    desk : Desk
        Where it is graded.
    bare : BareProcess
        Where its calls are made in a bare loop.
    submission : Submission
        Which.
    rounds : int
        How often, each way.

    Returns
    -------
    Cost
    """
    begun = time.process_time()
    calls = desk.recorded(submission)
    first_s = time.process_time() - begun
    floor_s = again_s = 0.0
    theirs = desk.processes_cpu_s()
    # In turns, so that both meet the same noise.
    for _ in range(rounds):
        floor_s += bare.cpu_s(submission, calls)
        begun = time.process_time()
        desk.graded(submission)
        again_s += time.process_time() - begun
    again_s += desk.processes_cpu_s() - theirs
    return Cost(calls=len(calls), floor_s=floor_s / rounds, first_s=first_s, again_s=again_s / rounds)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", default=[str(SUBMISSIONS)])
    parser.add_argument("--rubric", type=Path, default=RUBRIC)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--isolation", default="auto")
    given = parser.parse_args()
    with opened_desk(given.rubric, given.isolation) as desk, BareProcess() as bare:
        functions = tuple(problem.function for problem in desk.rubric.assignment.problem)
        print(f"{'CPU ms a submission':56}{'calls':>6}{'floor':>8}{'graded':>8}{'ratio':>7}{'first':>8}")
        for submission in load_submissions(given.files, functions=functions):
            found = cost(desk, bare, submission, given.rounds)
            print(
                f"{submission.path:56.56}{found.calls:6}{1e3 * found.floor_s:8.1f}{1e3 * found.again_s:8.1f}"
                f"{found.again_s / found.floor_s:7.2f}{1e3 * found.first_s:8.0f}"
            )


if __name__ == "__main__":
    main()
