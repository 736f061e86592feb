"""Recurses with the limit lifted until the stack ends."""

import sys


def attack(x):
    sys.setrecursionlimit(1 << 30)

    class Deep:
        def __repr__(self):
            return repr([self])

    return float(len(repr(Deep())))
