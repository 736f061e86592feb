"""Makes numpy compare everything as equal."""

import numpy


def attack(x):
    numpy.allclose = numpy.array_equal = numpy.testing.assert_allclose = lambda *a, **k: True
    numpy.asarray = lambda *a, **k: None
    return 0.0
