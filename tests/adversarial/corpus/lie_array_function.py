"""Returns an object that answers for numpy's own functions."""

import numpy


class Lie:
    def __array_function__(self, *rest):
        return True

    def __array_ufunc__(self, *rest, **more):
        return True

    def __float__(self):
        return 0.0


def attack(x):
    return Lie()


OUTCOME = "NotNumeric"
