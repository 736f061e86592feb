"""Sends a frame that only the grader may send."""

import os
import time

from target import current_header, frame_bytes


def attack(x):
    header = current_header()
    os.write(4, frame_bytes(2, header, b""))
    time.sleep(600)


OUTCOME = "Malformed"
