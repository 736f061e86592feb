"""Leaves a pipe on which a reader would hang."""

import os
from target import FOLDER


def attack(x):
    os.mkfifo(FOLDER + "/pipe")
    return 1.0


PLAIN = True
