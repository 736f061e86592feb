"""Reads where nothing is."""

import ctypes


def attack(x):
    ctypes.string_at(0)


OUTCOME = "Crashed"
