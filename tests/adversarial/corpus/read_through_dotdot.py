"""Leaves an allowed folder by its parents."""

import os
from target import REFERENCE


def attack(x):
    import numpy

    open(os.path.join(os.path.dirname(numpy.__file__), *[".."] * 30, REFERENCE.lstrip("/"))).read()
    return 1.0


PLAIN = True
