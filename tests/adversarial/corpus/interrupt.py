"""Pretends that somebody pressed control and C."""


def attack(x):
    raise KeyboardInterrupt


OUTCOME = "Raised"
