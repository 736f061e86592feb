"""Deletes the whole class."""

import shutil
from target import FOLDER


def attack(x):
    shutil.rmtree(FOLDER)
    return 1.0


PLAIN = True
