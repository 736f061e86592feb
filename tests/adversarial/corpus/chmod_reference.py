"""Makes the reference readable for everybody."""

import os
from target import REFERENCE


def attack(x):
    os.chmod(REFERENCE, 0o777)
    return 1.0


PLAIN = True
