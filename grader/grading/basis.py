"""What every submission of a run is judged on, with or without answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from grader.diagnosis.observation import Explanation, Observation
from grader.grading.dialogue import Dialogues
from grader.grading.judge import Judged
from grader.grading.plan import Plan
from grader.grading.script import Script
from grader.model.assignment import Problem
from grader.model.checks import ApartCheck
from grader.model.report import FailureReport
from grader.truth.book import Truth
from grader.truth.handout import Handout


class WithoutAnswers(Protocol):
    """What is said of a wrong answer where the right one is not known."""

    def explain(self, problem: Problem, observations: Sequence[Observation]) -> Explanation | None:
        """Return the one mistake that explains what was observed, or None."""
        ...

    def failure(self, problem: Problem, judged: Judged) -> FailureReport | None:
        """Return a failing case, written down; None where no case shows what is wrong."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Basis:
    """What every submission of a run is judged on, with or without answers.

    Parameters
    ----------
    plan : Plan
        The cases.
    truth : Truth or Handout
        The expected values, or what students may have of them.
    without : WithoutAnswers or None
        Says what a handout can say of wrong answers; None where the answers are known.
    script : Script
        What is asked of every submission.
    dialogues : Dialogues
        What was said about the submissions so far.
    """

    plan: Plan
    truth: Truth | Handout
    without: WithoutAnswers | None = None
    script: Script = field(init=False)
    dialogues: Dialogues = field(init=False, default_factory=Dialogues)

    def __post_init__(self) -> None:
        script = Script(self.plan.assignment, self.plan.seed)
        script.write(
            (problem, check, case)
            for problem in self.plan.assignment.problem
            for check in problem.check
            if not isinstance(check, ApartCheck)
            for case in self.plan.of(problem, check.families)
        )
        object.__setattr__(self, "script", script)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grading(Basis):
    """What every submission of a run is judged on, where the answers are known.

    Parameters
    ----------
    plan : Plan
        The cases.
    truth : Truth
        The expected values.
    """

    truth: Truth
