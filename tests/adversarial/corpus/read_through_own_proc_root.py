"""Reaches files through its own root link."""

from target import REFERENCE


def attack(x):
    open("/proc/self/root" + REFERENCE).read()
    return 1.0


PLAIN = True
