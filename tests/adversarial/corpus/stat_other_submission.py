"""Asks when another student handed in, and how much."""

import os
from target import OTHER


def attack(x):
    os.stat(OTHER)
    return 1.0


LEVELS = "A"
PLAIN = True
