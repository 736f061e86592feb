"""Adds a line to another student's answer."""

from target import OTHER


def attack(x):
    open(OTHER, "a").write("raise SystemExit")
    return 1.0


PLAIN = True
