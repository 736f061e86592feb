"""Returns an object whose array is another one each time it is asked."""

import numpy


class Lie:
    asked = 0

    def __array__(self, *rest, **more):
        Lie.asked += 1
        return numpy.zeros(()) if Lie.asked % 2 else numpy.full((3,), -0.0)


def attack(x):
    return Lie()
