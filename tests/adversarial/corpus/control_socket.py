"""Looks for the zygote's socket."""

import os
import socket
import stat


def attack(x):
    for number in range(1024):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                return 1.0
        except OSError:
            continue
    return 0.0
