"""Keeps its memory from being swapped."""

import ctypes

from target import libc


def attack(x):
    buffer = ctypes.create_string_buffer(1 << 20)
    if libc.mlock(buffer, 1 << 20) != 0:
        raise OSError("refused")
    return 1.0
