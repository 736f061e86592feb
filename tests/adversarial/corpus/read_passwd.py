"""Reads the machine's users."""


def attack(x):
    open("/etc/passwd").read()
    return 1.0


PLAIN = True
