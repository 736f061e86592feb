"""Sends the inputs home."""

import socket
from target import TCP_PORT


def attack(x):
    socket.create_connection(("127.0.0.1", TCP_PORT), timeout=1)
    return 1.0


PLAIN = True
