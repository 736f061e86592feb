"""Returns a list that refers to itself."""


def attack(x):
    return (lambda a: a.append(a) or a)([])


OUTCOME = "NotNumeric"
