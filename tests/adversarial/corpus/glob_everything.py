"""Searches the file system for rubrics."""

import glob
from target import FOLDER


def attack(x):
    if not glob.glob(FOLDER + "/*"):
        raise OSError("nothing")
    return 1.0


PLAIN = True
