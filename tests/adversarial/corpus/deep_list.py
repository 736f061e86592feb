"""Returns lists inside of lists, a hundred thousand deep."""


def attack(x):
    nested = []
    for _ in range(100000):
        nested = [nested]
    return nested
