"""Is a file with the name of a shell command."""


def attack(x):
    raise ValueError


LABEL = "$(touch owned); `id` | rm -rf *.py"
OUTCOME = "Raised"
