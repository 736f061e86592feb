"""Returns an object that claims to be a number of numpy's."""

import numpy


class Lie:
    __class__ = property(lambda self: numpy.float64)


def attack(x):
    return Lie()
