"""Announces four billion values."""

import os
import struct
import time

from target import current_header, frame_bytes


def attack(x):
    header = current_header()
    os.write(4, frame_bytes(18, header, struct.pack("<I", 0xFFFFFFFF)))
    time.sleep(600)


OUTCOME = "Malformed"
