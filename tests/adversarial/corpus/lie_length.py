"""Returns a tuple that lies about its length."""

import numpy


class Lie(tuple):
    def __len__(self):
        return 1 << 62

    def __iter__(self):
        return iter([0.0] * 3)


def attack(x):
    return Lie()
