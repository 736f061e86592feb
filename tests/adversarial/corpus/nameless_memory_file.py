"""Makes a file in memory."""

from target import syscall


def attack(x):
    syscall("memfd_create", b"x", 0)
    return 1.0


PLAIN = True
