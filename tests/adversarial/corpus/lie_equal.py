"""Returns an object that equals everything."""

import numpy


class Lie:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0


def attack(x):
    return Lie()


OUTCOME = "NotNumeric"
