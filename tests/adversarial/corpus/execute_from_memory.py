"""Runs a program that has no file."""

import os

from target import syscall


def attack(x):
    descriptor = syscall("memfd_create", b"x", 0)
    os.write(descriptor, open("/bin/true", "rb").read())
    syscall("execveat", descriptor, b"", 0, 0, 0x1000)
    return 1.0
