"""Takes the CPU time of what made it away."""

import os
import resource


def attack(x):
    resource.prlimit(os.getppid() or 1, resource.RLIMIT_CPU, (1, 1))
    return 1.0
