"""Changes its working folder, so that relative names mean others."""

import os
from target import FOLDER


def attack(x):
    os.chdir(FOLDER)
    return 1.0


PLAIN = True
