"""Leaves a file in the folder for temporary files."""

from target import MARK


def attack(x):
    open("/tmp/" + MARK, "w").write("x")
    return 1.0
