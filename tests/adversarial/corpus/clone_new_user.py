"""Makes a process in namespaces where it is root."""

import os

from target import syscall


def attack(x):
    if syscall("clone", 0x10000000 | 17, 0, 0, 0, 0) == 0:
        os._exit(0)
    return 1.0
