"""Signals with data."""

from target import GRADER, syscall


def attack(x):
    syscall("rt_sigqueueinfo", GRADER, 15, bytes(128))
    return 1.0
