"""Sends an array of 255 dimensions."""

import os
import struct
import time

from target import current_header, frame_bytes


def attack(x):
    header = current_header()
    os.write(4, frame_bytes(18, header, struct.pack("<IBB", 1, 11, 255) + bytes(8 * 255)))
    time.sleep(600)


OUTCOME = "Malformed"
