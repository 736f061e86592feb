"""Never finishes loading."""

while True:
    pass


OUTCOME = "Unavailable"
