"""Answers an earlier question."""

import os
import struct
import time

from target import current_header, frame_bytes


def attack(x):
    header = current_header()
    os.write(4, frame_bytes(22, (header[0] - 1, header[1]), struct.pack("<I", 0)))
    time.sleep(600)


OUTCOME = "Malformed"
