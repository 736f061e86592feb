"""Is a file with the name of another one."""


def attack(x):
    raise ValueError


LABEL = "../../../../etc/passwd"
OUTCOME = "Raised"
