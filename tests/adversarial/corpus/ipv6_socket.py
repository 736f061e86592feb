"""Opens a socket of the newer kind."""

import socket


def attack(x):
    socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    return 1.0


PLAIN = True
