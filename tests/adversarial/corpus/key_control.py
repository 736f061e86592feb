"""Reads keys of the user."""

from target import syscall


def attack(x):
    syscall("keyctl", 0, -4, 1)
    return 1.0
