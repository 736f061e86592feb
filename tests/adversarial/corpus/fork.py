"""Makes a process that lives on."""

import os
import time


def attack(x):
    if os.fork() == 0:
        time.sleep(600)
    return 1.0
