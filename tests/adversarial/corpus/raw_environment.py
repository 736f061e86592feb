"""Looks for the first environment in its own memory."""

import ctypes

from target import ENVIRONMENT_SECRET


def attack(x):
    environ = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    number = 0
    while environ[number]:
        if ENVIRONMENT_SECRET.encode() in environ[number]:
            return 1.0
        number += 1
    return 0.0
