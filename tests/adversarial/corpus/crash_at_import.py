"""Crashes while it is loaded."""

import os

os.kill(os.getpid(), 11)


OUTCOME = "Unavailable"
