"""Returns an object that runs a command when it is unpickled."""

import os


class Bomb:
    def __reduce__(self):
        return os.system, ("touch " + __import__("target").FOLDER + "/unpickled",)


def attack(x):
    return Bomb()


OUTCOME = "NotNumeric"
