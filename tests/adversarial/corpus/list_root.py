"""Lists the root folder to look around."""

import os


def attack(x):
    assert "etc" in os.listdir("/")
    return 1.0


PLAIN = True
