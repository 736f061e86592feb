"""Prints errors without end, unbuffered."""

import os


def attack(x):
    while True:
        os.write(2, b"x" * 65536)


OUTCOME = "TimedOut"
