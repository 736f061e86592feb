"""Reads the kernel's log."""

import ctypes

from target import syscall


def attack(x):
    syscall("syslog", 3, ctypes.create_string_buffer(4096), 4096)
    return 1.0
