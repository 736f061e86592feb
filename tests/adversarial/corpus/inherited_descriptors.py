"""Looks for descriptors that it should not have."""

import os


def attack(x):
    for number in range(5, 1024):
        try:
            os.fstat(number)
        except OSError:
            continue
        return 1.0
    return 0.0
