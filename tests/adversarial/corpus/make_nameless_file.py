"""Fills the disk with a file that has no name."""

import os
from target import FOLDER


def attack(x):
    os.open(FOLDER, os.O_TMPFILE | os.O_RDWR)
    return 1.0


PLAIN = True
