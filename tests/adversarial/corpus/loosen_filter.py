"""Adds a filter that allows everything, then opens a socket."""

import ctypes
import socket
import struct

from target import libc, syscall


def attack(x):
    program = struct.pack("<HBBI", 6, 0, 0, 0x7FFF0000)
    kept = ctypes.create_string_buffer(program, len(program))
    filled = struct.pack("<HxxxxxxQ", 1, ctypes.addressof(kept))
    if libc.prctl(22, 2, ctypes.c_char_p(filled), 0, 0) != 0:
        syscall("seccomp", 1, 0, filled)
    socket.socket()
    return 1.0


PLAIN = True
