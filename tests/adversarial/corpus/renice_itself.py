"""Makes itself more important than the grader."""

import os


def attack(x):
    os.setpriority(os.PRIO_PROCESS, 0, -20)
    return 1.0
