"""Makes a device."""

import os
from target import FOLDER


def attack(x):
    os.mknod(FOLDER + "/node", 0o600)
    return 1.0


PLAIN = True
