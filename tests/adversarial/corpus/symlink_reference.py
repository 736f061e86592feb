"""Leaves a link to the reference under its own name."""

import os
from target import FOLDER, REFERENCE


def attack(x):
    os.symlink(REFERENCE, FOLDER + "/link.py")
    return 1.0


PLAIN = True
