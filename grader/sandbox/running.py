"""What grades a submission needs of whatever runs it: a sandbox, or the very process that the functions live in."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from grader.model.case import Call
from grader.model.outcome import Outcome
from grader.model.submission import Submission

if TYPE_CHECKING:
    from grader.sandbox.account import Loaded, Printed, Usage
    from grader.sandbox.questions import Question


class Running(Protocol):
    """One submission that runs; see `grader.sandbox.session.Session`, which says it in full."""

    @property
    def printed(self) -> "Printed":
        """What it has printed so far."""

    @property
    def usage(self) -> "Usage":
        """What it has used so far."""

    def load(self) -> "Loaded":
        """Run its source, once."""

    def call(self, call: Call) -> Outcome:
        """Make one call."""

    def ask(self, questions: "Sequence[Question]") -> Sequence[Outcome]:
        """Make many calls, in order."""


class Runner(Protocol):
    """Whatever can run submissions, one after the other."""

    def session(self, submission: Submission) -> AbstractContextManager[Running]:
        """Return what runs a submission."""
