"""Changes its root folder."""

from target import syscall


def attack(x):
    syscall("chroot", b".")
    return 1.0
