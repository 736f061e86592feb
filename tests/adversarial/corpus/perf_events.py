"""Measures others."""

import ctypes

from target import syscall


def attack(x):
    syscall("perf_event_open", ctypes.create_string_buffer(128), 0, -1, -1, 0)
    return 1.0
