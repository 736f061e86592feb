"""Sends more bytes than its array has."""

import os
import struct
import time

from target import current_header, frame_bytes


def attack(x):
    header = current_header()
    os.write(4, frame_bytes(18, header, struct.pack("<IBBdI", 2, 11, 0, 0.0, 0) + b"more"))
    time.sleep(600)


OUTCOME = "Malformed"
