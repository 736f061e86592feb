"""Lists which packages, graders and answers are installed."""

import os
from target import SITE


def attack(x):
    assert "grader" in SITE or os.listdir(SITE)
    return 1.0


PLAIN = True
