"""Makes every random number the same."""

import random

import numpy


def attack(x):
    random.seed = numpy.random.seed = lambda *a: None
    return 0.0


OUTCOME = "Returned"
