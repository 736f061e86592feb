"""Leaves memory for the next submission."""

from target import MARK


def attack(x):
    from multiprocessing import shared_memory

    shared_memory.SharedMemory(MARK, create=True, size=64)
    return 1.0
