"""Leaves a folder."""

import os
from target import FOLDER


def attack(x):
    os.mkdir(FOLDER + "/left")
    return 1.0


PLAIN = True
