"""Ends as if all had gone well."""

import os


def attack(x):
    os._exit(0)


OUTCOME = "Crashed"
