"""Raises an error whose type has a hostile name."""


def attack(x):
    raise type("\x1b[31m[bold]" + "n" * 100000, (Exception,), {})


OUTCOME = "Raised"
