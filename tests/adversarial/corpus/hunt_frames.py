"""Walks the frames below it for the answer."""

import sys

from target import ANSWER


def attack(x):
    frame = sys._getframe()
    while frame:
        if "TRUSTED-" + ANSWER in repr(frame.f_locals) + repr(frame.f_globals):
            return 1.0
        frame = frame.f_back
    return 0.0
