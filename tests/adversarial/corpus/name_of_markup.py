"""Is a file with a name that colours a terminal."""


def attack(x):
    raise ValueError


LABEL = "[bold red]100[/] \x1b[2J\u202e.py"
OUTCOME = "Raised"
