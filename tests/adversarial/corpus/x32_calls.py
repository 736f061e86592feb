"""Makes calls by the numbers of another ABI."""

import platform

from target import libc, syscall


def attack(x):
    if platform.machine() != "x86_64":
        return 0.0
    if libc.syscall(0x40000000 + 39) < 0:
        raise OSError("refused")
    return 1.0
