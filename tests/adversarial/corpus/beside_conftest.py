"""Brings a conftest.py that patches the test runner."""

import builtins

import numpy


def attack(x):
    return float(hasattr(builtins, "hit") or not hasattr(numpy, "ndarray"))


BESIDE = {"conftest": "import builtins\nbuiltins.hit = True\n"}
