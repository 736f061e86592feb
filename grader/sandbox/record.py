"""What a submission's process was asked, and how things stood before the last calls, so that they can be taken back."""

from dataclasses import dataclass

from grader.sandbox.questions import Question
from grader.sandbox.spent import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """How things stood before calls were asked for.

    Parameters
    ----------
    spent : Mark
        What counted.
    printed : int
        Bytes that were kept of what the submission had printed.
    truncated : bool
        Whether it had printed more.
    """

    spent: Mark
    printed: int
    truncated: bool


class Record:
    """The calls that were made of one process, in order.

    Parameters
    ----------
    before : Before
        How things stand, before any.
    """

    def __init__(self, before: Before) -> None:
        self._made: list[Question] = []
        self._first = 0
        self._not_made = 0
        self.before = before
        """How things stood before the last calls were asked for."""

    def open(self, before: Before) -> None:
        """Begin to note calls that are asked for together.

        Parameters
        ----------
        before : Before
            How things stand.
        """
        self.before = before
        self._first = len(self._made)
        self._not_made = 0

    def add(self, made: Question) -> None:
        """Note a call that was made.

        Parameters
        ----------
        made : Question
            Which.
        """
        self._made.append(made)

    def leave_out(self, count: int) -> None:
        """Note that the last calls that were asked for were not made.

        Parameters
        ----------
        count : int
            How many.
        """
        self._not_made = count

    def begin_anew(self) -> None:
        """Forget all: there is another process, which has not been asked anything."""
        self._made.clear()
        self._first = 0

    def without(self, count: int) -> tuple[tuple[Question, ...], tuple[Question, ...]] | None:
        """Return what is left without the last calls.

        Parameters
        ----------
        count : int
            How many, of those that were asked for last; one that was not made needs nothing.

        Returns
        -------
        two tuples of Question, or None
            What was asked before the last calls were asked for, and what is left of these; None where nothing of what
            goes was made.
        """
        goes = count - self._not_made
        before, last = tuple(self._made[: self._first]), tuple(self._made[self._first :])
        return (before, last[:-goes]) if goes > 0 and last else None
