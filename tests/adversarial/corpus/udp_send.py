"""Sends the inputs home in a datagram."""

import socket
from target import UDP_PORT


def attack(x):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", UDP_PORT))
    return 1.0


PLAIN = True
