"""Maps a terabyte that costs nothing."""

import ctypes

from target import libc


def attack(x):
    libc.mmap.restype = ctypes.c_long
    if libc.mmap(None, ctypes.c_size_t(1 << 40), 3, 0x4022, -1, 0) == -1:
        raise MemoryError
    return 1.0
