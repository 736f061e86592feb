"""Raises an error with a hundred thousand causes."""


def attack(x):
    error = ValueError("0")
    for number in range(100000):
        following = ValueError(str(number))
        following.__cause__ = error
        error = following
    raise error


OUTCOME = "Raised"
