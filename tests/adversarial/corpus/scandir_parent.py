"""Walks up from the standard library."""

import os


def attack(x):
    list(os.scandir(os.path.join(os.path.dirname(os.__file__), "..", "..")))
    return 1.0


PLAIN = True
