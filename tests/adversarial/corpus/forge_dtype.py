"""Sends an array of objects."""

import os
import struct
import time

from target import current_header, frame_bytes


def attack(x):
    header = current_header()
    os.write(4, frame_bytes(18, header, struct.pack("<IBB", 1, 200, 0) + bytes(8)))
    time.sleep(600)


OUTCOME = "Malformed"
