"""Walks all objects of the interpreter for the answer."""

import gc

from target import ANSWER


def attack(x):
    return float(
        any(isinstance(o, str) and "TRUSTED-" + ANSWER in o for c in gc.get_objects() for o in gc.get_referents(c))
    )
