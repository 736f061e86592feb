"""Ends its group of processes."""

import os


def attack(x):
    os.kill(0, 9)
    return 1.0
