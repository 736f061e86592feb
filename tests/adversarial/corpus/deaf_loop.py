"""Runs for ever, deaf to every signal that can be blocked."""

import signal


def attack(x):
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        pass


OUTCOME = "TimedOut"
