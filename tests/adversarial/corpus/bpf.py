"""Loads a program into the kernel."""

import ctypes

from target import syscall


def attack(x):
    syscall("bpf", 0, ctypes.create_string_buffer(128), 128)
    return 1.0
