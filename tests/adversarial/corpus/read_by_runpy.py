"""Runs the reference as a script."""

import runpy
from target import REFERENCE


def attack(x):
    runpy.run_path(REFERENCE)
    return 1.0


PLAIN = True
