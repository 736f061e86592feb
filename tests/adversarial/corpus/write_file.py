"""Leaves a file beside the submissions."""

from target import FOLDER


def attack(x):
    open(FOLDER + "/left", "w").write("x")
    return 1.0


PLAIN = True
