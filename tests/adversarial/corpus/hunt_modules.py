"""Looks for a module of the grader, its rubric or its reference."""

import sys


def attack(x):
    return float(any(name.partition(".")[0] in {"grader", "reference", "pytest", "rubric"} for name in sys.modules))
