"""Makes a process that borrows its memory."""

import os

from target import syscall


def attack(x):
    if syscall("vfork") == 0:
        os._exit(0)
    return 1.0
