"""Writes into the pipe that its calls come by."""

import os


def attack(x):
    os.write(3, b"x")
    return 1.0
