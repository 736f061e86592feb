"""Keeps writing answers beside the true ones."""

import os
import struct
import threading

from target import current_header, frame_bytes


def attack(x):
    header = current_header()

    def write():
        while True:
            os.write(4, frame_bytes(18, header, struct.pack("<IBBdI", 2, 11, 0, 0.0, 0)))

    threading.Thread(target=write, daemon=True).start()
    threading.Event().wait()


OUTCOME = "Returned"
