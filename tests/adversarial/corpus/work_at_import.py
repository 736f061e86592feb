"""Does everything while it is loaded."""

import os

from target import FOLDER, REFERENCE

got = 0.0
for attempt in (lambda: open(REFERENCE), lambda: open(FOLDER + "/left", "w"), os.fork, lambda: os.kill(-1, 9)):
    try:
        attempt()
        got = 1.0
    except OSError:
        pass


def attack(x):
    return got


OUTCOME = "Returned"
