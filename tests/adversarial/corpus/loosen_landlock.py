"""Adds rules of its own for everything."""

import struct

from target import syscall


def attack(x):
    syscall("landlock_create_ruleset", struct.pack("<Q", 8191), 8, 0)
    return 1.0
