"""Runs for ever in a pattern."""

import re


def attack(x):
    re.match("(a+)+$", "a" * 64 + "b")


OUTCOME = "TimedOut"
