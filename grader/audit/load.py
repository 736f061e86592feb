"""Keeps every core busy for a while."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_SPIN = """\
import os, threading
threading.Thread(target=lambda: (os.read(0, 1), os._exit(0)), daemon=True).start()
while True:
    pass
"""


@contextmanager
def busy() -> Iterator[None]:
    """Have as many processes as there are cores compute for nothing while the context lasts.

    Yields
    ------
    None
    """
    # Each ends with this process, too: its input closes then.
    idle = [
        subprocess.Popen([sys.executable, "-I", "-c", _SPIN], stdin=subprocess.PIPE)  # noqa: S603 - our own text
        for _ in range(os.cpu_count() or 1)
    ]
    try:
        yield
    finally:
        for process in idle:
            process.kill()
        for process in idle:
            process.communicate()
