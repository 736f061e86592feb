"""Takes another student's answer over."""

import os
from target import OTHER


def attack(x):
    os.chown(OTHER, os.getuid(), os.getgid())
    return 1.0


PLAIN = True
