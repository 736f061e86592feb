"""Talks to the host of a virtual machine."""

import socket


def attack(x):
    socket.socket(40, socket.SOCK_STREAM)
    return 1.0
