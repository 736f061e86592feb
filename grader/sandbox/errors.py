"""Faults that are never the student's: this machine cannot confine, or what we started does not work."""


class SandboxUnavailableError(Exception):
    """The level of isolation that was asked for cannot be had here.

    Parameters
    ----------
    reason : str
        Why, in words.
    missing : tuple of str
        What is missing, one level a line.
    help : str
        What to type, or where to run it, instead.
    """

    def __init__(self, reason: str, *, missing: tuple[str, ...] = (), help: str = "") -> None:  # noqa: A002
        super().__init__(reason)
        self.reason = reason
        self.missing = missing
        self.help = help


class SandboxFaultError(Exception):
    """A submission could not be run through our own fault: it is not graded, and nobody's points change.

    Parameters
    ----------
    reason : str
        What happened, in words.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
