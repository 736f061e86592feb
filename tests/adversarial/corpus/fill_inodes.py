"""Makes as many files as the disk has room for."""

from target import FOLDER


def attack(x):
    for number in range(100):
        open(f"{FOLDER}/{number}", "w")
    return 1.0


PLAIN = True
