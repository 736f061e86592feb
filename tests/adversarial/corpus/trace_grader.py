"""Attaches a debugger to the grader."""

from target import GRADER, syscall


def attack(x):
    syscall("ptrace", 16, GRADER, 0, 0)
    return 1.0
