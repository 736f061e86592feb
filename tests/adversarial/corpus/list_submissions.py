"""Lists everybody's submissions."""

import os
from target import FOLDER


def attack(x):
    os.listdir(FOLDER)
    return 1.0


PLAIN = True
