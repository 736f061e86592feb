"""Makes a process that nobody is the parent of."""

import os
import time


def attack(x):
    if os.fork() == 0:
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
    return 1.0
