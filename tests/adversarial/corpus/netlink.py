"""Asks the kernel about the network."""

import socket


def attack(x):
    socket.socket(16, socket.SOCK_RAW, 0)
    return 1.0


PLAIN = True
