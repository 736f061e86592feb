"""Leaves a thread that goes on after the answer."""

import threading
import time


def attack(x):
    def go_on():
        while True:
            time.sleep(0.001)
            print("still here")

    threading.Thread(target=go_on, daemon=True).start()
    return 0.0


OUTCOME = "Returned"
