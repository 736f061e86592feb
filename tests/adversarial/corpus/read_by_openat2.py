"""Opens a file by the newest call."""

import struct

from target import REFERENCE, syscall


def attack(x):
    how = struct.pack("<QQQ", 0, 0, 0)
    syscall("openat2", -100, REFERENCE.encode(), how, 24)
    return 1.0


PLAIN = True
