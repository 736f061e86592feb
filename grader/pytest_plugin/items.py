"""The tree that pytest collects: a submission, its problems, and their checks, which are the tests."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Self

import pytest
from rich.console import Console
from rich.text import Text

from grader.loading.shown_name import told_apart
from grader.model.assignment import Problem as RubricProblem
from grader.model.report import CheckReport, ProblemReport, Report, SubmissionReport, Verdict
from grader.model.submission import Submission as HandedIn
from grader.pytest_plugin.desk import Desk, Refusal
from grader.reporting.check_words import labelled, our_fault
from grader.reporting.failures import print_paragraph
from grader.reporting.page import Page, visible_text
from grader.reporting.paragraphs import paragraphs
from grader.reporting.plain_text import plain_text
from grader.reporting.points import undecided_for_a_person
from grader.words import in_language, say


class CheckFailed(Exception):  # noqa: N818 - a verdict, not an error
    """The check disagrees."""


class NotGraded(Exception):  # noqa: N818 - likewise
    """There is no verdict, through no fault of the submission."""


def ids(submissions: tuple[HandedIn, ...]) -> tuple[str, ...]:
    """Return what each submission is called in the ids of its tests.

    Parameters
    ----------
    submissions : tuple of Submission
        All of a run.

    Returns
    -------
    tuple of str
        Its name; where several have the same, its path, which stays the same whatever else is graded.
    """
    students = [each.student for each in submissions]
    names = [each.path if students.count(each.student) > 1 else each.student for each in submissions]
    # `::` parts an id, `[` begins a parameter; `()` is pytest's own.
    return told_apart(name.replace("::", ":").replace("[", "(").replace("]", ")") for name in names)


class Submission(pytest.Collector):
    """One submission: collects its problems."""

    place: int
    problems: tuple[RubricProblem, ...]
    desk: Desk

    @classmethod
    def made(
        cls,
        parent: pytest.Collector,
        name: str,
        handed_in: HandedIn,
        *,
        place: int,
        problems: tuple[RubricProblem, ...],
        desk: Desk,
    ) -> Self:
        """Return the node of a submission."""
        path = parent.config.invocation_params.dir / handed_in.path
        node: Self = cls.from_parent(parent, name=name, nodeid=name, path=path)
        node.place, node.problems, node.desk = place, problems, desk
        return node

    def collect(self) -> Iterator[pytest.Collector]:
        """Yield the problems, in the rubric's order."""
        for place, problem in enumerate(self.problems):
            yield Problem.made(self, problem, place)


class Problem(pytest.Collector):
    """One problem: collects its checks."""

    submission: Submission
    place: int
    problem: RubricProblem

    @classmethod
    def made(cls, parent: Submission, problem: RubricProblem, place: int) -> Self:
        """Return the node of a problem."""
        node: Self = cls.from_parent(parent, name=problem.id, path=parent.path)
        node.submission, node.problem, node.place = parent, problem, place
        return node

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the checks, in the rubric's order."""
        for place, check in enumerate(self.problem.check):
            yield Check.made(self, check.name, place)


class Check(pytest.Item):
    """One check of one submission: a test."""

    problem: Problem
    place: int
    report: Report | None

    @classmethod
    def made(cls, parent: Problem, name: str, place: int) -> Self:
        """Return the node of a check."""
        node: Self = cls.from_parent(parent, name=name, path=parent.path)
        node.problem, node.place, node.report = parent, place, None
        if node.config.pluginmanager.hasplugin("xdist"):
            node.add_marker(pytest.mark.xdist_group(parent.submission.name))
        return node

    @property
    def submission_place(self) -> int:
        """Place of the submission in the request."""
        return self.problem.submission.place

    def setup(self) -> None:
        """Have the submission graded, if it is not yet; no grade is no verdict, so it is an error and not a failure."""
        graded = self.problem.submission.desk.graded(self.submission_place)
        if isinstance(graded, Refusal):
            raise NotGraded(graded.says)
        self.report = graded
        submission = graded.submissions[0]
        if submission.status == "not_graded":
            raise NotGraded(submission.reason)
        found = self._found(submission)[1]
        if found.verdict is Verdict.NOT_GRADED:
            raise NotGraded(found.message)

    def runtest(self) -> None:
        """Say what the check found."""
        if self.report is None:
            msg = "a check is run before its submission is graded"
            raise RuntimeError(msg)
        with in_language(self.problem.submission.desk.words):
            self._say(*self._found(self.report.submissions[0]))

    def _say(self, problem: ProblemReport, found: CheckReport) -> None:
        match found.verdict:
            case Verdict.AGREES:
                pass
            case Verdict.DISAGREES:
                raise CheckFailed(_told(problem, found))
            case Verdict.INCONCLUSIVE:
                pytest.skip(labelled(undecided_for_a_person(found.max_score - found.score), found.message))
            case Verdict.NOT_GRADED:
                raise NotGraded(found.message)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return our words; a traceback only of what nobody expected."""
        if isinstance(excinfo.value, NotGraded):
            with in_language(self.problem.submission.desk.words):
                return not_graded_words(excinfo.value)
        if isinstance(excinfo.value, CheckFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return what stands above a failure."""
        return self.path, None, self.nodeid

    def _found(self, submission: SubmissionReport) -> tuple[ProblemReport, CheckReport]:
        problem = submission.problems[self.problem.place]
        return problem, problem.checks[self.place]


def not_graded_words(error: NotGraded) -> str:
    """Return what stands in the place of a traceback where there is no verdict.

    Parameters
    ----------
    error : NotGraded
        Says why.

    Returns
    -------
    str
    """
    lines = (labelled(say("report.not_graded"), str(error)), labelled(say("label.fault"), our_fault()))
    return visible_text("\n".join(lines))


def _told(problem: ProblemReport, check: CheckReport) -> str:
    """Return what was found, and then what ``grader grade`` says below it; the id stands above it already."""
    alone = problem.model_copy(update={"checks": (check,), "undecided": Fraction(0)})

    def write(console: Console) -> None:
        page = Page(console=console)
        page.hang(Text(), page.text(check.message))
        for paragraph in paragraphs([alone]):
            print_paragraph(page, replace(paragraph, names=()))

    return plain_text(write).rstrip("\n")
