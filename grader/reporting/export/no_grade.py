"""The error for a submission that a format has no word for."""


class NoGradeError(ValueError):
    """Raised for a submission that was not graded, by a format that would have to say 0.

    Parameters
    ----------
    reason : str
        Why it was not graded.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason or "it was not graded")
