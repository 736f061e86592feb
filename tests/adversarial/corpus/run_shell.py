"""Runs a shell command."""

import subprocess


def attack(x):
    subprocess.run("true", shell=True, check=True)
    return 1.0


PLAIN = True
