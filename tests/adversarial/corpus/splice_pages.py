"""Moves pages between pipes, as a known kernel bug needed."""

import ctypes
import struct

from target import syscall


def attack(x):
    syscall("vmsplice", 1, struct.pack("<QQ", ctypes.addressof(ctypes.create_string_buffer(8)), 8), 1, 0)
    return 1.0
