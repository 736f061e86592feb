"""Reads the code that runs beside it, through the module's own path."""

import sys


def attack(x):
    open(sys.modules["inside.wire"].__file__).read()
    return 1.0


PLAIN = True
