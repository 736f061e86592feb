"""Reads a file with numpy."""

import numpy
from target import REFERENCE


def attack(x):
    numpy.fromfile(REFERENCE, dtype="u1")
    return 1.0


PLAIN = True
