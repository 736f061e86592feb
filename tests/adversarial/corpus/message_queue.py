"""Leaves a POSIX message queue."""

from target import MARK, syscall


def attack(x):
    syscall("mq_open", MARK.encode(), 0o102, 0o666, 0)
    return 1.0
