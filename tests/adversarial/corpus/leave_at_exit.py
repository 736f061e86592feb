"""Leaves work for the end of the interpreter."""

import atexit
import os


def attack(x):
    atexit.register(os.write, 4, b"GRF1" + bytes(64))
    raise SystemExit


OUTCOME = "Raised"
