"""Maps more than is allowed without touching it."""

import mmap


def attack(x):
    mmap.mmap(-1, 1 << 36)
    return 1.0
