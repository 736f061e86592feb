"""Changes numpy for everybody."""

import numpy


def attack(x):
    open(numpy.__file__, "a").write("")
    return 1.0
