"""Prints without end."""


def attack(x):
    while True:
        print("x" * 10000)


OUTCOME = "TimedOut"
