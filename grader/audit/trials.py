"""Trials: submissions graded by a problem's checks, at a seed, with as many cases as the rubric says or others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from grader.grading.basis import Grading
from grader.grading.graded import Manner, grade_submission
from grader.grading.part import only
from grader.grading.prepare import prepare
from grader.grading.submission import Scored, score_problems
from grader.grading.told import caller_of
from grader.model.assignment import Assignment
from grader.model.inputs import InputSet
from grader.model.report import Finding, SubmissionReport, Verdict
from grader.model.submission import Submission
from grader.sandbox import Isolation, Sandbox, open_sandbox
from grader.truth.modules import TrustedModules

T = TypeVar("T")

_PLANS_KEPT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """By which cases a submission is tried.

    Parameters
    ----------
    problem : str
        The problem's id.
    seed : int
        The root seed.
    times : Fraction
        How many cases each group has, as a multiple of what the rubric says; at least one remains.
    """

    problem: str
    seed: int
    times: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trial:
    """One submission to be graded.

    Parameters
    ----------
    plan : Plan
        By which cases.
    submission : Submission
        What is graded.
    named : bool
        Whether its mistake is to be named, too, as in a report.
    """

    plan: Plan
    submission: Submission
    named: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckMark:
    """What one check said.

    Parameters
    ----------
    name : str
        The check's, within its problem.
    verdict, finding : Verdict, Finding
        What it found.
    earned : Fraction
        Points.
    """

    name: str
    verdict: Verdict
    finding: Finding
    earned: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What a trial came to.

    Parameters
    ----------
    score, undecided, most : Fraction
        Points given, points that nobody has decided on, and those that can be had.
    checks : tuple of CheckMark
        In the order of the rubric.
    named : str
        The id of the mistake that was named; empty if none was, or none was looked for.
    """

    score: Fraction
    undecided: Fraction
    most: Fraction
    checks: tuple[CheckMark, ...]
    named: str = ""

    @property
    def full(self) -> bool:
        """Whether every point was given."""
        return self.score == self.most

    @property
    def against(self) -> tuple[str, ...]:
        """The names of the checks that disagree."""
        return tuple(check.name for check in self.checks if check.verdict is Verdict.DISAGREES)


class TrialError(Exception):
    """A trial that could not be graded: the grader's fault or this machine's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a worker needs.

    Parameters
    ----------
    key : str
        The same for the same assignment, folder and isolation; nothing else is compared.
    assignment : Assignment
        The rubric's.
    packages : tuple of str
        What submissions may import here: what the trusted modules need, too.
    rubric, folder : Path
        The rubric and its trusted folder, which no submission may read.
    isolation : str
        See `grader.sandbox.open_sandbox`.
    """

    key: str
    assignment: Assignment = field(compare=False)
    packages: tuple[str, ...] = field(compare=False)
    rubric: Path = field(compare=False)
    folder: Path = field(compare=False)
    isolation: Isolation = field(compare=False)

    def sandbox(self) -> Sandbox:
        """Open a sandbox.

        Returns
        -------
        Sandbox

        Raises
        ------
        SandboxUnavailableError, SandboxFaultError
            See `open_sandbox`.
        """
        return open_sandbox(
            isolation=self.isolation,
            packages=self.packages,
            limits=self.assignment.limits,
            forbidden_paths=(self.rubric, self.folder),
        )


@lru_cache(maxsize=1)
def bench(opening: Opening) -> "Bench":
    """Return this process's bench; its sandbox ends with the process.

    Parameters
    ----------
    opening : Opening
        What it needs.

    Returns
    -------
    Bench
    """
    return Bench(opening, opening.sandbox())


class Bench:
    """Grades trials, one after the other.

    Parameters
    ----------
    opening : Opening
        What is graded.
    sandbox : Sandbox
        Runs submissions.

    Attributes
    ----------
    sandbox : Sandbox
        The same.
    """

    def __init__(self, opening: Opening, sandbox: Sandbox) -> None:
        self._opening = opening
        self.sandbox = sandbox
        self._gradings: dict[Plan, Grading] = {}
        self._remembered: dict[tuple[str, ...], Any] = {}

    def marks(self, trials: Iterable[Trial]) -> tuple[Marks, ...]:
        """Grade trials.

        Parameters
        ----------
        trials : iterable of Trial
            Those of one plan best together.

        Returns
        -------
        tuple of Marks
            In their order.

        Raises
        ------
        TrialError
            One could not be graded.
        PlanError, TrustedFunctionError
            The rubric's fault.
        """
        return tuple(self._graded(trial) for trial in trials)

    def close(self) -> None:
        """Close the sandbox."""
        self.sandbox.close()

    def grading(self, plan: Plan) -> Grading:
        """Return plan and truth, drawn once.

        Parameters
        ----------
        plan : Plan
            By which cases.

        Returns
        -------
        Grading
        """
        if plan not in self._gradings:
            while len(self._gradings) >= _PLANS_KEPT:
                del self._gradings[next(iter(self._gradings))]
            assignment = part_of(self._opening.assignment, plan)
            self._gradings[plan] = prepare(assignment, TrustedModules(self._opening.folder), plan.seed)
        return self._gradings[plan]

    def remembered(self, key: tuple[str, ...], compute: Callable[[], T]) -> T:
        """Return something that is worked out once.

        Parameters
        ----------
        key : tuple of str
            What it is.
        compute : callable
            Works it out.

        Returns
        -------
        object
        """
        if key not in self._remembered:
            self._remembered[key] = compute()
        found: T = self._remembered[key]
        return found

    def _graded(self, trial: Trial) -> Marks:
        grading = self.grading(trial.plan)
        if trial.named:
            report = grade_submission(grading, Manner(rubric="", language="en"), self.sandbox, trial.submission).report
            return _of_report(report)
        with self.sandbox.session(trial.submission) as session:
            caller = caller_of(session, trial.submission, session.load())
            (scored,) = score_problems(grading, caller)
        return _of_scores(scored)


def part_of(assignment: Assignment, plan: Plan) -> Assignment:
    """Return the part of an assignment that a plan is of.

    Parameters
    ----------
    assignment : Assignment
        The whole.
    plan : Plan
        Names the problem, and how many cases it has.

    Returns
    -------
    Assignment
        One problem and its inputs.
    """
    part = only(assignment, [plan.problem])
    name = part.problem[0].inputs
    inputs = part.inputs[name]
    if plan.times != 1:
        inputs = _times(inputs, plan.times)
    return part.model_copy(update={"inputs": {name: inputs}})


def _times(inputs: InputSet, times: Fraction) -> InputSet:
    groups = (g.model_copy(update={"count": min(1000, max(1, int(g.count * times)))}) for g in inputs.case)
    return inputs.model_copy(update={"case": tuple(groups)})


def _of_scores(scored: Scored) -> Marks:
    return Marks(
        score=sum((s.earned for s in scored.scores), Fraction(0)),
        undecided=sum((s.undecided for s in scored.scores), Fraction(0)),
        most=scored.problem.points,
        checks=tuple(
            CheckMark(name=j.check.name, verdict=j.verdict, finding=j.finding, earned=s.earned)
            for j, s in zip(scored.judged, scored.scores, strict=True)
        ),
    )


def _of_report(report: SubmissionReport) -> Marks:
    if report.score is None:
        raise TrialError(report.reason)
    (problem,) = report.problems
    named = [diagnosis.id for check in problem.checks for diagnosis in check.diagnoses]
    return Marks(
        score=problem.score,
        undecided=problem.undecided,
        most=problem.max_score,
        checks=tuple(
            CheckMark(name=c.id.partition(".")[2], verdict=c.verdict, finding=c.outcome, earned=c.score)
            for c in problem.checks
        ),
        named=next(iter(named), ""),
    )
