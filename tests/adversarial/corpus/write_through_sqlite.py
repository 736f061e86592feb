"""Makes a data base file."""

import sqlite3
from target import FOLDER


def attack(x):
    sqlite3.connect(FOLDER + "/base").execute("create table t (x)")
    return 1.0
