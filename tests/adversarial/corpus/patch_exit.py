"""Makes it impossible to leave the interpreter."""

import os
import sys


def attack(x):
    os._exit = sys.exit = lambda *a: None
    return 0.0


OUTCOME = "Returned"
