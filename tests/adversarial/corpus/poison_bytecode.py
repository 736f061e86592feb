"""Puts its own bytecode beside the standard library's."""

import importlib.util
import os


def attack(x):
    path = importlib.util.cache_from_source(os.__file__)
    open(path, "r+b").close()
    return 1.0
