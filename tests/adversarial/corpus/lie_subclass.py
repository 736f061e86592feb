"""Returns an array of a class that compares as equal and hides its shape."""

import numpy


class Hidden(numpy.ndarray):
    shape = property(lambda self: ())
    size = property(lambda self: 0)

    def __eq__(self, other):
        return True


def Lie():
    return numpy.zeros(3).view(Hidden)


def attack(x):
    return Lie()
