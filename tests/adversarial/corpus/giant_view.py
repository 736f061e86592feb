"""Returns an exabyte that costs nothing."""

import numpy


def attack(x):
    return numpy.broadcast_to(0.0, (1 << 30, 1 << 27))


OUTCOME = "Malformed"
