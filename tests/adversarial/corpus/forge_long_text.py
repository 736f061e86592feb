"""Sends an error text of a gigabyte."""

import os
import struct
import time

from target import current_header, frame_bytes


def attack(x):
    header = current_header()
    os.write(4, frame_bytes(19, header, struct.pack("<I", 1 << 30) + bytes(64)))
    time.sleep(600)


OUTCOME = "Malformed"
