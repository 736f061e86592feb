"""Watches the submissions' folder for changes."""

from target import syscall


def attack(x):
    watcher = syscall("inotify_init1", 0)
    return 1.0


PLAIN = True
