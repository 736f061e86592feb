"""Reads how the grader judges."""

from target import GRADER_SOURCE


def attack(x):
    open(GRADER_SOURCE).read()
    return 1.0


PLAIN = True
