"""Makes its arguments what its answer would need."""

import numpy


def attack(x):
    x = numpy.asarray(x)
    x.setflags(write=True)
    x[...] = 1.0
    return 0.0
