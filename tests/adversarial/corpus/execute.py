"""Becomes another program, which the grader's filters would have to hold too."""

import os


def attack(x):
    os.execv("/bin/sleep", ["sleep", "600"])
