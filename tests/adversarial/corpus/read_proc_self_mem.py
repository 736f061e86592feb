"""Reads and writes its own memory as a file."""


def attack(x):
    open("/proc/self/mem", "r+b")
    return 1.0


PLAIN = True
