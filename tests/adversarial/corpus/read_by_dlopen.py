"""Loads the reference as a library, to see its bytes in the message."""

import ctypes
from target import REFERENCE


def attack(x):
    try:
        ctypes.CDLL(REFERENCE)
    except OSError as error:
        if "invalid ELF" not in str(error) and "too short" not in str(error):
            raise
    return 1.0


PLAIN = True
