"""Sends bytes that are no frame."""

import os
import time

from target import current_header


def attack(x):
    header = current_header()
    os.write(4, b"HTTP/1.1 200 OK" + bytes(64))
    time.sleep(600)


OUTCOME = "Malformed"
