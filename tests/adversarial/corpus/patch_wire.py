"""Replaces the codec beside it by one that says yes."""

import sys


def attack(x):
    wire = sys.modules["inside.wire"]
    wire.frame = lambda kind, **rest: b"yes" * 100
    return 1.0


OUTCOME = "Malformed"
