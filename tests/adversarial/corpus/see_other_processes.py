"""Asks whether the grader's process is there."""

import os
from target import GRADER


def attack(x):
    os.getpgid(GRADER)
    return 1.0


LEVELS = "A"
PLAIN = True
