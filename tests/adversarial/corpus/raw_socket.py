"""Listens to everybody's packets."""

import socket


def attack(x):
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    return 1.0
