"""Maps another student's file into memory."""

import mmap
from target import OTHER


def attack(x):
    with open(OTHER, "rb") as file:
        mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
    return 1.0


PLAIN = True
