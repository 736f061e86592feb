"""Sends an empty array with a side that no machine can hold."""

import os
import struct
import time

from target import current_header, frame_bytes


def attack(x):
    header = current_header()
    os.write(4, frame_bytes(18, header, struct.pack("<IBB2Q", 1, 11, 2, 0, 1 << 63) + struct.pack("<I", 0)))
    time.sleep(600)


OUTCOME = "Malformed"
