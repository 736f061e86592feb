"""Leaves a note in a module for the next submission."""

import math


def attack(x):
    found = getattr(math, "note", 0.0)
    math.note = 1.0
    return found


OUTCOME = "Returned"
