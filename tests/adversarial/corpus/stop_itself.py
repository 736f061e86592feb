"""Stops, so that whoever waits waits for ever."""

import os
import signal


def attack(x):
    os.kill(os.getpid(), signal.SIGSTOP)


OUTCOME = "TimedOut"
