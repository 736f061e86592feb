"""Makes a pair of sockets to pass descriptors with."""

import socket


def attack(x):
    socket.socketpair()
    return 1.0


PLAIN = True
