"""Reads the command line of the grader."""

from target import GRADER


def attack(x):
    open(f"/proc/{GRADER}/cmdline").read()
    return 1.0


PLAIN = True
