"""Asks for a name, which is an answer to whoever serves it."""

import socket


def attack(x):
    socket.gethostbyname_ex("localhost")
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    return 1.0


PLAIN = True
