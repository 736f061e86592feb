"""Removes its own function and puts another thing there."""


def attack(x):
    globals()["attack"] = 1.0
    return 0.0


OUTCOME = "Returned"
