"""Raises an error whose text takes all memory."""


def attack(x):
    raise ValueError("x" * (1 << 29))
