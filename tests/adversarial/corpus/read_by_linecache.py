"""Reads a file as a traceback would."""

import linecache
from target import REFERENCE


def attack(x):
    if not linecache.getlines(REFERENCE):
        raise OSError("nothing")
    return 1.0


PLAIN = True
