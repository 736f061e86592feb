"""Writes over another student's answer."""

from target import OTHER


def attack(x):
    open(OTHER, "r+").write("#")
    return 1.0


PLAIN = True
