"""Waits for the next submission under a name that both know."""

import socket
from target import MARK


def attack(x):
    server = socket.socket(socket.AF_UNIX)
    server.bind("\0" + MARK + "-next")
    server.listen()
    return 1.0


PLAIN = True
