"""Takes a processor for itself."""

import os


def attack(x):
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
    return 1.0
