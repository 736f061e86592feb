"""Lifts its own limits, then takes what it wants."""

import resource

import numpy


def attack(x):
    infinite = resource.RLIM_INFINITY
    for what in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE):
        try:
            resource.setrlimit(what, (infinite, infinite))
        except (OSError, ValueError):
            continue
    numpy.ones(1 << 28)
    return 1.0
