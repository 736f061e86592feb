"""Signals by a process descriptor."""

from target import GRADER, syscall


def attack(x):
    descriptor = syscall("pidfd_open", GRADER, 0)
    syscall("pidfd_send_signal", descriptor, 0, 0, 0)
    return 1.0


PLAIN = True
