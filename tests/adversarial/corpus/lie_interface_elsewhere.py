"""Returns an object whose array is the interpreter's own memory."""

import numpy


class Lie:
    __array_interface__ = {"shape": (1 << 40,), "typestr": "|u1", "data": (id(numpy), True), "version": 3}


def attack(x):
    return Lie()


OUTCOME = "Malformed"
