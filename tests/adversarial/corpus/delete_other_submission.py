"""Deletes another student's answer."""

import os
from target import OTHER


def attack(x):
    os.unlink(OTHER)
    return 1.0


PLAIN = True
