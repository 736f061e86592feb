"""Limits that fit a platform's container, from those of a rubric."""

import math
from dataclasses import dataclass

from grader.grading.part import visible_part
from grader.model.assignment import Assignment

# Half a processor: a second of computing takes two on the clock, and what else runs there takes its share.
_CLOCK_FACTOR = 3
# Of 768 MB the grader itself needs some 150, and the sandbox's own processes some 100.
_MOST_MEMORY_MIB = 512
# Of the ten minutes in which both platforms end a run, or rather give a 0: the rest is for starting and comparing.
_MOST_SECONDS = 420
WHOLE_SECONDS = 540
"""After this the grader is ended, before the platform would do it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a submission may use on a platform.

    Parameters
    ----------
    options : tuple of str
        For ``grader grade``.
    says : tuple of str
        What became tighter than the rubric has it, in words.
    """

    options: tuple[str, ...]
    says: tuple[str, ...]


def budget(assignment: Assignment) -> Budget:
    """Return the limits of an assignment on a platform with half a processor, 768 MB and ten minutes.

    Parameters
    ----------
    assignment : Assignment
        With the limits of its rubric.

    Returns
    -------
    Budget
        Computing is limited as the rubric has it, so that a verdict is the same as elsewhere; the clock is given more.
    """
    limits = assignment.limits
    # Where some checks are not visible, each submission is run twice.
    runs = 1 if visible_part(assignment).problem == assignment.problem else 2
    most = _MOST_SECONDS / runs
    whole = min(limits.submission_wall_s * _CLOCK_FACTOR, most)
    memory = min(limits.memory_bytes >> 20, _MOST_MEMORY_MIB)
    seconds = {
        "--submission-seconds": whole,
        "--call-seconds": min(limits.call_wall_s * _CLOCK_FACTOR, whole),
        "--load-seconds": min(limits.load_wall_s * _CLOCK_FACTOR, whole),
    }
    says = []
    if whole < limits.submission_wall_s:
        says.append(f"a submission has {whole:g} s on the clock, the rubric would give it {limits.submission_wall_s:g}")
    if memory < limits.memory_bytes >> 20:
        says.append(f"a submission has {memory} MiB of memory, the rubric would give it {limits.memory_bytes >> 20}")
    words = [word for name, value in seconds.items() for word in (name, f"{math.floor(value * 1000) / 1000:g}")]
    return Budget(options=(*words, "--memory-mib", str(memory)), says=tuple(says))
