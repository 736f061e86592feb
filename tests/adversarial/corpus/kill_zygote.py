"""Ends what made it."""

import os


def attack(x):
    if not os.getppid():
        raise OSError("no parent")
    os.kill(os.getppid(), 9)
    return 1.0
