"""Announces more than it sends."""

import os
import time

from target import current_header, frame_bytes


def attack(x):
    header = current_header()
    os.write(4, frame_bytes(18, header, b"", length=1000))
    time.sleep(600)


OUTCOME = "TimedOut"
