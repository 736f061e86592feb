"""Swaps its root folder."""

from target import syscall


def attack(x):
    syscall("pivot_root", b".", b".")
    return 1.0
