"""Runs a command by the C library."""

import os


def attack(x):
    if os.system("true") != 0:
        raise OSError("refused")
    return 1.0


PLAIN = True
