"""Writes one huge sparse file."""

from target import FOLDER


def attack(x):
    with open(FOLDER + "/huge", "wb") as file:
        file.truncate(1 << 40)
    return 1.0
