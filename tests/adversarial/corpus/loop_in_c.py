"""Runs for ever inside one operation."""


def attack(x):
    return float((10**8) ** (10**8) % 7)


OUTCOME = "TimedOut"
