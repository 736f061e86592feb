"""Ends the first process it can name."""

import os


def attack(x):
    os.kill(1, 9)
    return 1.0
