"""Reads the rubric with its expected values."""

from target import RUBRIC


def attack(x):
    open(RUBRIC).read()
    return 1.0


PLAIN = True
