"""Renames the machine."""

from target import syscall


def attack(x):
    syscall("sethostname", b"mine", 4)
    return 1.0
