"""Ends in the middle of an answer."""

import os

from target import current_header, frame_bytes


def attack(x):
    os.write(4, frame_bytes(18, current_header(), bytes(100))[:60])
    os._exit(0)


OUTCOME = "Crashed"
