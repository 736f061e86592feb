"""Writes the next answer before the question."""

import os
import struct

from target import current_header, frame_bytes


def attack(x):
    index, nonce = current_header()
    body = struct.pack("<IBBdI", 2, 11, 0, 0.0, 0)
    # The answer to this call, and one more.
    os.write(4, frame_bytes(18, (index, nonce), body) + frame_bytes(18, (index + 1, nonce), body))
    os._exit(0)


OUTCOME = "Returned"
