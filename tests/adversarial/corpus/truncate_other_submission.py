"""Empties another student's answer."""

import os
from target import OTHER


def attack(x):
    os.truncate(OTHER, 0)
    return 1.0


PLAIN = True
