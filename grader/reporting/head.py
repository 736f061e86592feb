"""What a submission's report needs to know of its run; a Report and a Gradebook both say it."""

from typing import Protocol

from grader.model.isolation import IsolationReport
from grader.model.report import AssignmentReport
from grader.model.seed import Seed


class Head(Protocol):
    """The run that a submission was graded in."""

    @property
    def grader_version(self) -> str:
        """The program's version."""

    @property
    def assignment(self) -> AssignmentReport:
        """Which rubric was used."""

    @property
    def seed(self) -> Seed:
        """The root of every random draw, or the commitment to it."""

    @property
    def language(self) -> str:
        """The tag of the language in which it speaks to students."""

    @property
    def isolation(self) -> IsolationReport:
        """How student code was confined."""
