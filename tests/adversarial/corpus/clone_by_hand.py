"""Makes a process by clone, without a thread's flags."""

import os

from target import syscall


def attack(x):
    if syscall("clone", 17, 0, 0, 0, 0) == 0:
        os._exit(0)
    return 1.0
