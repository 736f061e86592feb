"""Imports the reference from its folder."""

import os
import sys
from target import REFERENCE


def attack(x):
    sys.path.insert(0, os.path.dirname(REFERENCE))
    import reference_answer

    return 1.0


PLAIN = True
