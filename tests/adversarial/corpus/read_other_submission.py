"""Reads another student's answer."""

from target import OTHER


def attack(x):
    open(OTHER).read()
    return 1.0


PLAIN = True
