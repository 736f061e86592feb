"""Reads the trusted answer."""

from target import REFERENCE


def attack(x):
    open(REFERENCE).read()
    return 1.0


PLAIN = True
