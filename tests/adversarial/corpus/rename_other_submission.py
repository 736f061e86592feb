"""Renames another student's answer."""

import os
from target import OTHER


def attack(x):
    os.rename(OTHER, OTHER + ".gone")
    return 1.0


PLAIN = True
