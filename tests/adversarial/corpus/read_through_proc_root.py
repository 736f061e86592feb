"""Reaches the outer file system through /proc."""


def attack(x):
    open("/proc/1/root/etc/passwd").read()
    return 1.0
