"""Writes its own answer over the trusted one."""

from target import REFERENCE


def attack(x):
    open(REFERENCE, "w").write("x = 1")
    return 1.0


PLAIN = True
