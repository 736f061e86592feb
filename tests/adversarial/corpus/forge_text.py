"""Sends an error text that is not UTF-8."""

import os
import struct
import time

from target import current_header, frame_bytes


def attack(x):
    header = current_header()
    os.write(4, frame_bytes(19, header, struct.pack("<I", 2) + b"\xff\xfe" + bytes(12)))
    time.sleep(600)


OUTCOME = "Malformed"
