"""Sends data with the first packet, without connecting."""

import socket
from target import TCP_PORT


def attack(x):
    sender = socket.socket()
    sender.sendto(b"x", 0x20000000, ("127.0.0.1", TCP_PORT))
    return 1.0
