"""Reads files through a ring, past a filter of calls."""

import ctypes

from target import syscall


def attack(x):
    syscall("io_uring_setup", 4, ctypes.create_string_buffer(256))
    return 1.0
