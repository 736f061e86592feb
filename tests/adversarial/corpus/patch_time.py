"""Stops the clock that it can reach, and runs on."""

import time


def attack(x):
    time.monotonic = time.time = time.perf_counter = lambda: 0.0
    while True:
        pass


OUTCOME = "TimedOut"
