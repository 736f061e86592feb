"""Asks the interpreter to end."""

import sys


def attack(x):
    sys.exit(0)


OUTCOME = "Raised"
