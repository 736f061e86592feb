"""Reads the grader's memory."""

from target import GRADER


def attack(x):
    open(f"/proc/{GRADER}/mem", "rb")
    return 1.0


PLAIN = True
