"""Reads the grader's environment."""

from target import GRADER


def attack(x):
    open(f"/proc/{GRADER}/environ").read()
    return 1.0


PLAIN = True
