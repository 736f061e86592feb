"""Sends a truth value that is neither."""

import os
import struct
import time

from target import current_header, frame_bytes


def attack(x):
    header = current_header()
    os.write(4, frame_bytes(18, header, struct.pack("<IBBBI", 1, 0, 0, 7, 0)))
    time.sleep(600)


OUTCOME = "Malformed"
