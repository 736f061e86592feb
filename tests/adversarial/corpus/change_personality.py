"""Turns address randomisation off."""

from target import syscall


def attack(x):
    syscall("personality", 0x0040000)
    return 1.0


PLAIN = True
