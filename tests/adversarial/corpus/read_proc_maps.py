"""Reads the grader's memory map."""

from target import GRADER


def attack(x):
    open(f"/proc/{GRADER}/maps").read()
    return 1.0


PLAIN = True
