"""Takes the grader's memory away."""

import resource
from target import GRADER


def attack(x):
    resource.prlimit(GRADER, resource.RLIMIT_CORE)
    return 1.0


PLAIN = True
