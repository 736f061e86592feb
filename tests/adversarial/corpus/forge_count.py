"""Sends two values where one is due."""

import os
import struct
import time

from target import current_header, frame_bytes


def attack(x):
    header = current_header()
    os.write(
        4,
        frame_bytes(
            18, header, struct.pack("<I", 2) + 2 * (struct.pack("<BB", 11, 0) + bytes(8)) + struct.pack("<I", 0)
        ),
    )
    time.sleep(600)


OUTCOME = "Malformed"
