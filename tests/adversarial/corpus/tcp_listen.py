"""Opens a port."""

import socket


def attack(x):
    socket.create_server(("127.0.0.1", 0))
    return 1.0


PLAIN = True
