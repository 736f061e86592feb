"""Sends a shape whose product overflows 64 bits."""

import os
import struct
import time

from target import current_header, frame_bytes


def attack(x):
    header = current_header()
    os.write(4, frame_bytes(18, header, struct.pack("<IBB3Q", 26, 11, 3, 1 << 32, 1 << 32, 1 << 32)))
    time.sleep(600)


OUTCOME = "Malformed"
