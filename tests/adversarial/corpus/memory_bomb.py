"""Takes all the memory there is."""

import numpy


def attack(x):
    kept = []
    for _ in range(64):
        kept.append(numpy.ones(1 << 24))
    return 1.0
