"""Attaches a debugger to what made it."""

import os

from target import syscall


def attack(x):
    if not os.getppid():
        raise OSError("no parent")
    syscall("ptrace", 0x4206, os.getppid(), 0, 0)
    return 1.0
