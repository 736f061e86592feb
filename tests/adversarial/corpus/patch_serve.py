"""Replaces the loop that answers calls."""

import sys


def attack(x):
    serve = sys.modules["inside.serve"]
    serve.Pipes.send = lambda self, *rest: None
    return 1.0


OUTCOME = "TimedOut"
