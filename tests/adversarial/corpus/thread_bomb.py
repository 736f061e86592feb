"""Starts threads until nothing goes any more."""

import threading


def attack(x):
    stop = threading.Event()
    started = 0
    try:
        while started < 4000:
            threading.Thread(target=stop.wait, daemon=True).start()
            started += 1
    except RuntimeError:
        return 0.0
    finally:
        stop.set()
    return 1.0
