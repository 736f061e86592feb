"""Becomes root in a namespace of its own."""

from target import syscall


def attack(x):
    syscall("unshare", 0x10000000)
    return 1.0
