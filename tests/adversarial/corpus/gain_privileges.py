"""Takes root's identity."""

import os


def attack(x):
    os.setuid(0)
    return 1.0
