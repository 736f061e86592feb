"""Returns an object whose array lies where there is no memory."""

import numpy


class Lie:
    __array_interface__ = {"shape": (8,), "typestr": "<f8", "data": (8, False), "version": 3}


def attack(x):
    return Lie()


OUTCOME = "Crashed"
