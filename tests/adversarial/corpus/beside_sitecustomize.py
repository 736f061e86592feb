"""Brings a sitecustomize.py, which interpreters run when they start."""

import builtins

import numpy


def attack(x):
    return float(hasattr(builtins, "hit") or not hasattr(numpy, "ndarray"))


BESIDE = {
    "sitecustomize": "import builtins\nbuiltins.hit = True\n",
    "usercustomize": "import builtins\nbuiltins.hit = True\n",
}
