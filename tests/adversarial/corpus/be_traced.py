"""Asks to be traced by its parent."""

from target import syscall


def attack(x):
    syscall("ptrace", 0, 0, 0, 0)
    return 1.0
