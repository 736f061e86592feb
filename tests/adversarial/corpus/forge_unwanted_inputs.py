"""Sends inputs that nobody asked for."""

import os
import struct
import time

from target import current_header, frame_bytes


def attack(x):
    header = current_header()
    os.write(4, frame_bytes(18, header, struct.pack("<IBBd", 1, 11, 0, 0.0) + struct.pack("<IBBd", 1, 11, 0, 0.0)))
    time.sleep(600)


OUTCOME = "Malformed"
