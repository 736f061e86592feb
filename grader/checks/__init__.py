"""One file per kind of check; pure: ``requests`` says what to call, ``judge`` says what the outcomes mean.

No file, process, clock or randomness here: what a check needs of the truth is handed to it.
"""
