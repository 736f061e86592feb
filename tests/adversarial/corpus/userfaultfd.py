"""Stops the kernel in the middle of a copy."""

from target import syscall


def attack(x):
    syscall("userfaultfd", 1)
    return 1.0
