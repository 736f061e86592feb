"""Writes without end where its answers go."""

import os


def attack(x):
    while True:
        os.write(4, b"x" * 65536)


OUTCOME = "Malformed"
