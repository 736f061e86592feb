"""Where the CPU of a worker of a batch goes, by function: what to make faster next."""

import cProfile
import pstats
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.floor import Desk
from grader.batch.work import Task, graded_entry
from grader.grading.graded import Manner
from grader.loading.submissions import load_submissions
from grader.model.submission import Submission


def print_profile(desk: Desk, answers: Sequence[Path], lines: int) -> None:
    """Print where a worker's own CPU goes; the sandbox's processes are not in it.

    Parameters
    ----------
    desk : Desk
        Where is graded.
    answers : sequence of Path
        What.
    lines : int
        How many functions to print, in each order.
    """
    manner = Manner(rubric=desk.rubric.shown)
    tasks = [Task(hand_in=one.student, key="", submission=one) for one in loaded(desk, answers)]
    for task in tasks:
        graded_entry(task, desk.grading, manner, desk.sandbox, time.perf_counter)
    theirs = desk.processes_cpu_s()
    profile = cProfile.Profile(time.process_time)
    begun = time.process_time()
    for task in tasks:
        profile.runcall(graded_entry, task, desk.grading, manner, desk.sandbox, time.perf_counter)
    ours_s, theirs_s = time.process_time() - begun, desk.processes_cpu_s() - theirs
    count = len(tasks)
    print(f"\na worker, when what an answer costs for the first time is paid: {1e3 * ours_s / count:.1f} CPU ms under")
    print(f"the profiler for each of {count}, and {1e3 * theirs_s / count:.1f} in its sandbox")
    stats = pstats.Stats(profile)
    for order in ("tottime", "cumulative"):
        print(f"by {order}: ms for one submission, calls, function")
        key = 2 if order == "tottime" else 3
        found = sorted(stats.stats.items(), key=lambda item: -item[1][key])  # type: ignore[attr-defined]  # typeshed has no `stats`
        for (file, _, name), values in found[:lines]:
            place = f"{Path(file).parent.name}/{Path(file).name}:{name}" if file != "~" else name
            print(f"  {1e3 * values[key] / count:8.2f}{values[1] / count:9.1f}  {place}")


def loaded(desk: Desk, answers: Sequence[Path]) -> list[Submission]:
    """Return answers as the grader reads them."""
    functions = tuple(problem.function for problem in desk.rubric.assignment.problem)
    return load_submissions([str(path) for path in answers], functions=functions)
