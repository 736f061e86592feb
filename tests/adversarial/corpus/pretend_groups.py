"""Joins root's groups."""

import os


def attack(x):
    os.setgroups([0])
    return 1.0
