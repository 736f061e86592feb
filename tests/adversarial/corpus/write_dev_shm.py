"""Leaves a file in shared memory."""

from target import MARK


def attack(x):
    open("/dev/shm/" + MARK, "w").write("x")
    return 1.0
