"""Forks by the oldest system call."""

import os

from target import syscall


def attack(x):
    if syscall("fork") == 0:
        os._exit(0)
    return 1.0
