"""Makes another student late."""

import os
from target import OTHER


def attack(x):
    os.utime(OTHER, (0, 0))
    return 1.0


PLAIN = True
