"""Brings modules with the names of those beside it."""

import builtins

import numpy


def attack(x):
    return float(hasattr(builtins, "hit") or not hasattr(numpy, "ndarray"))


BESIDE = {"inside": "import builtins\nbuiltins.hit = True\n", "inside.wire": "", "submission": ""}
