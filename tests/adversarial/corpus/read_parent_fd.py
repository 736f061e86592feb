"""Opens the descriptors of its parent."""

import os


def attack(x):
    os.listdir(f"/proc/{os.getppid()}/fd")
    return 1.0


PLAIN = True
