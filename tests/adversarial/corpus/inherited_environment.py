"""Looks for what the grader's environment holds."""

import os

from target import ENVIRONMENT_SECRET


def attack(x):
    return float(any(ENVIRONMENT_SECRET in f"{name}{value}" for name, value in os.environ.items()))
