"""Makes the grader slow."""

import os
from target import GRADER


def attack(x):
    os.setpriority(os.PRIO_PROCESS, GRADER, 19)
    return 1.0
