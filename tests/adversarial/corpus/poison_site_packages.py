"""Puts a module where the grader imports from."""

from target import MARK, SITE


def attack(x):
    open(SITE + "/" + MARK + ".pth", "w").write("import os")
    return 1.0
