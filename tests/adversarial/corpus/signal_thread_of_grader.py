"""Signals one thread of the grader."""

from target import GRADER, syscall


def attack(x):
    syscall("tgkill", GRADER, GRADER, 15)
    return 1.0
