"""Makes a temporary file."""

import tempfile
from target import FOLDER


def attack(x):
    tempfile.NamedTemporaryFile(dir=FOLDER)
    return 1.0


PLAIN = True
