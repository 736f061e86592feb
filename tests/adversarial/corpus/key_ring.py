"""Leaves a key in the user's ring."""

from target import MARK, syscall


def attack(x):
    syscall("add_key", b"user", MARK.encode(), b"x", 1, -4)
    return 1.0
