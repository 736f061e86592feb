"""Copies a descriptor of the grader."""

from target import GRADER, syscall


def attack(x):
    descriptor = syscall("pidfd_open", GRADER, 0)
    syscall("pidfd_getfd", descriptor, 0, 0)
    return 1.0
