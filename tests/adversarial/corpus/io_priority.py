"""Takes the disk for itself."""

from target import syscall


def attack(x):
    syscall("ioprio_set", 1, 0, (1 << 13) | 0)
    return 1.0
