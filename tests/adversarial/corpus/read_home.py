"""Lists home folders."""

import os


def attack(x):
    os.listdir("/root") and os.listdir("/home")
    return 1.0
