"""Reads what a command prints."""

import os


def attack(x):
    if not os.popen("id").read():
        raise OSError("refused")
    return 1.0
