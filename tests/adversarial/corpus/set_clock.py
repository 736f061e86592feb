"""Sets the machine's clock."""

import struct

from target import syscall


def attack(x):
    syscall("settimeofday", struct.pack("<qq", 0, 0), 0)
    return 1.0
