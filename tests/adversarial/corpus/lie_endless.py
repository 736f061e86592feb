"""Returns a sequence without an end."""

import numpy


class Lie:
    def __len__(self):
        return 1 << 40

    def __getitem__(self, index):
        return float(index)


def attack(x):
    return Lie()
