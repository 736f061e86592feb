"""Closes its pipes and waits."""

import os
import time


def attack(x):
    os.closerange(0, 64)
    time.sleep(600)


OUTCOME = "Malformed"
