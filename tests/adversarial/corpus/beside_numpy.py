"""Brings a numpy.py of its own."""

import builtins

import numpy


def attack(x):
    return float(hasattr(builtins, "hit") or not hasattr(numpy, "ndarray"))


BESIDE = {"numpy": "import builtins\nbuiltins.hit = True\n"}
