"""Opens a folder, then a file relative to it."""

import os
from target import REFERENCE


def attack(x):
    folder = os.open("/", os.O_PATH)
    os.open(REFERENCE.lstrip("/"), os.O_RDONLY, dir_fd=folder)
    return 1.0


PLAIN = True
