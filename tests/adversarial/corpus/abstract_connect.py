"""Talks to a service that has no file."""

import socket
from target import MARK


def attack(x):
    client = socket.socket(socket.AF_UNIX)
    client.connect("\0" + MARK)
    return 1.0


PLAIN = True
