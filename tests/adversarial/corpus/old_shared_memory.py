"""Leaves System V memory for the next submission."""

from target import KEY, syscall


def attack(x):
    syscall("shmget", KEY, 4096, 0o1666)
    return 1.0
