"""Marks a file with an attribute."""

import os
from target import OTHER


def attack(x):
    os.setxattr(OTHER, "user.mark", b"x")
    return 1.0
