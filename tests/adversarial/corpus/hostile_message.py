"""Raises an error whose text is for a terminal, a table and a web page."""


def attack(x):
    raise ValueError("\x1b]0;owned\x07\x1b[2J[bold red]100/100[/]<script>alert(1)</script>=cmd|' /C calc'!A0\u202e")


OUTCOME = "Raised"
