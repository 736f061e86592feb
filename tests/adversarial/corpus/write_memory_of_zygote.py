"""Writes into what made it."""

import ctypes
import os
import struct

from target import syscall


def attack(x):
    buffer = ctypes.create_string_buffer(8)
    vector = struct.pack("<QQ", ctypes.addressof(buffer), 8)
    syscall("process_vm_writev", os.getppid() or 1, vector, 1, vector, 1, 0)
    return 1.0
