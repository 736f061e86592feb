"""Has a signal sent when its parent ends."""

from target import libc


def attack(x):
    if libc.prctl(1, 9, 0, 0, 0) != 0:
        raise OSError("refused")
    return 1.0


PLAIN = True
