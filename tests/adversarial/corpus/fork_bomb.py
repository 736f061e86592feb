"""Makes as many processes as there can be."""

import os
import time


def attack(x):
    for _ in range(64):
        if os.fork() == 0:
            time.sleep(600)
    return 1.0
