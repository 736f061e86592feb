"""Talks to a service of the machine."""

import socket
from target import UNIX_PATH


def attack(x):
    client = socket.socket(socket.AF_UNIX)
    client.connect(UNIX_PATH)
    return 1.0


PLAIN = True
