"""Has the kernel signal the grader when its pipe has data."""

import fcntl
from target import GRADER


def attack(x):
    fcntl.fcntl(1, fcntl.F_SETOWN, GRADER)
    return 1.0


PLAIN = True
