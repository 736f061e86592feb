"""Sends a frame of a kind that does not exist."""

import os
import time

from target import current_header, frame_bytes


def attack(x):
    header = current_header()
    os.write(4, frame_bytes(99, header, b""))
    time.sleep(600)


OUTCOME = "Malformed"
