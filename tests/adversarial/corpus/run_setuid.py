"""Runs a program that is root's."""

import os


def attack(x):
    for program in ("/bin/su", "/usr/bin/sudo", "/bin/mount"):
        os.posix_spawn(program, [program, "--version"], {})
    return 1.0
