"""Sends a pickle that would run a command."""

import os
import struct
import subprocess
import time

from target import current_header


def attack(x):
    header = current_header()
    import pickle

    body = pickle.dumps(subprocess.Popen)
    os.write(4, struct.pack("<Q", len(body)) + body)
    time.sleep(600)


OUTCOME = "Malformed"
