"""Gives the reference a second name."""

import os
from target import FOLDER, REFERENCE


def attack(x):
    os.link(REFERENCE, FOLDER + "/hard.py")
    return 1.0


PLAIN = True
