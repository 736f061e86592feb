"""Starts a program by posix_spawn."""

import os


def attack(x):
    os.posix_spawn("/bin/true", ["true"], {})
    return 1.0


PLAIN = True
