"""Saves an array."""

import numpy
from target import FOLDER


def attack(x):
    numpy.save(FOLDER + "/array", x)
    return 1.0


PLAIN = True
