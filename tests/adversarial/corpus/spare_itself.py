"""Has the kernel end others when memory runs out."""


def attack(x):
    open("/proc/self/oom_score_adj", "w").write("-1000")
    return 1.0
