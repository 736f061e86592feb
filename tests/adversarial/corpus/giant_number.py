"""Returns a number of a hundred thousand digits."""


def attack(x):
    return 10**100000


OUTCOME = "NotNumeric"
