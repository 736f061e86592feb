"""Searches its heap, byte by byte, for the answer."""

import ctypes

from target import ANSWER


def attack(x):
    libc = ctypes.CDLL(None)
    libc.sbrk.restype = ctypes.c_void_p
    top = libc.sbrk(0)
    size = 1 << 20
    needle = b"TRUSTED-" + ANSWER.encode()
    try:
        return float(needle in ctypes.string_at(top - size, size))
    except (OSError, ValueError):
        return 0.0
