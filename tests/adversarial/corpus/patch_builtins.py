"""Replaces what the code beside it is made of."""

import builtins


def attack(x):
    builtins.isinstance = lambda *a: True
    builtins.len = lambda o: 0
    builtins.callable = lambda o: True
    return 0.0
