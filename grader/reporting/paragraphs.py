"""What is said of a submission's failures, in words without a medium: terminal, Markdown and HTML show the same."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from grader.model.report import (
    CheckReport,
    DiagnosisReport,
    FailureReport,
    Finding,
    LineReport,
    ProblemReport,
    Verdict,
)
from grader.reporting.check_words import check_name, shown_failure
from grader.reporting.points import points_count
from grader.words import say


class Sign(Enum):
    """What a paragraph is about."""

    WRONG = "wrong"
    WITHHELD = "withheld"
    UNDECIDED = "undecided"
    FAULT = "fault"
    HELD = "held"
    """Points that wait although no check of the problem is without a verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedTogether:
    """Checks that failed for one reason.

    Parameters
    ----------
    problems : tuple of str
        Identifiers, in the rubric's order.
    checks : tuple of CheckReport
        At least one.
    """

    problems: tuple[str, ...]
    checks: tuple[CheckReport, ...]

    @property
    def failure(self) -> FailureReport | None:
        """The smallest failing case of the first check that has one: deciding checks are listed first."""
        return next((shown for check in self.checks if (shown := shown_failure(check)) is not None), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The problem and its checks; of several problems these alone."""
        if len(self.problems) > 1:
            return (", ".join(self.problems),)
        return (*self.problems, ", ".join(check_name(check) for check in self.checks))


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One reason why points are missing.

    Parameters
    ----------
    sign : Sign
        What it is about.
    names : tuple of str
        Problem and check, or several problems in one; empty for `Sign.HELD`.
    message : str
        One sentence; may be empty.
    also : str
        Other checks that failed for the same reason.
    failure : FailureReport or None
        The smallest failing case.
    likely : tuple of DiagnosisReport
        Named reasons.
    lines : tuple of LineReport
        Of a derivation.
    withheld : tuple of str
        Points of passed checks that wait for a right answer, a line each.
    again : str
        The command that runs it again.
    held : str
        Points that wait for a person.
    """

    sign: Sign
    names: tuple[str, ...] = ()
    message: str = ""
    also: str = ""
    failure: FailureReport | None = None
    likely: tuple[DiagnosisReport, ...] = ()
    lines: tuple[LineReport, ...] = ()
    withheld: tuple[str, ...] = ()
    again: str = ""
    held: str = ""


def failed_together(problems: Iterable[ProblemReport]) -> tuple[FailedTogether, ...]:
    """Gather the checks that disagree by their reason, so that each reason is told once.

    Parameters
    ----------
    problems : iterable of ProblemReport
        In the rubric's order.

    Returns
    -------
    tuple of FailedTogether
        In order of first appearance. Checks of one problem share a reason where outcome and diagnoses are the same;
        checks of several problems only where what is said of them is the same word for word.
    """
    groups: dict[tuple[object, ...], list[tuple[str, CheckReport]]] = {}
    for problem in problems:
        for check in problem.checks:
            if check.verdict is Verdict.DISAGREES:
                groups.setdefault(_reason(problem.id, check), []).append((problem.id, check))
    return tuple(
        FailedTogether(
            problems=tuple(dict.fromkeys(problem for problem, _ in members)),
            checks=tuple(check for _, check in members),
        )
        for members in groups.values()
    )


def _reason(problem: str, check: CheckReport) -> tuple[object, ...]:
    """Return what two checks have in common if one paragraph tells of both."""
    if check.lines:
        return (problem, check.id)
    if check.diagnoses:
        return (problem, check.outcome, tuple(each.id for each in check.diagnoses))
    if shown_failure(check) is None:
        return (check.outcome, check.message)
    if check.outcome is Finding.PROPERTY_BROKEN:
        return (problem, check.outcome, check.id)
    return (problem, check.outcome, check.failure.source if check.failure is not None else "")


def paragraphs(problems: Sequence[ProblemReport]) -> tuple[Paragraph, ...]:
    """Return a paragraph for each reason why points are missing.

    Parameters
    ----------
    problems : sequence of ProblemReport
        All of a submission's problems.

    Returns
    -------
    tuple of Paragraph
        In the rubric's order.
    """
    groups = failed_together(problems)
    return tuple(paragraph for problem in problems for paragraph in _of_problem(problem, groups))


def paragraphs_of(problem: ProblemReport, beside: Sequence[ProblemReport]) -> tuple[Paragraph, ...]:
    """Return what `paragraphs` tells at the place of one problem.

    Parameters
    ----------
    problem : ProblemReport
        The problem.
    beside : sequence of ProblemReport
        Those of the submission that `may_tell_of_others`, in the rubric's order; of no matter unless `problem` is one
        of them.

    Returns
    -------
    tuple of Paragraph
    """
    return tuple(_of_problem(problem, failed_together(beside if may_tell_of_others(problem) else (problem,))))


def may_tell_of_others(problem: ProblemReport) -> bool:
    """Return whether a paragraph may tell of this problem and of others together.

    Parameters
    ----------
    problem : ProblemReport
        Any.

    Returns
    -------
    bool
        Whether it has a check that fails for a reason which is no problem's own, see `failed_together`.
    """
    # A reason of the problem's own begins with its id.
    return any(
        check.verdict is Verdict.DISAGREES and isinstance(_reason(problem.id, check)[0], Finding)
        for check in problem.checks
    )


def _of_problem(problem: ProblemReport, groups: Sequence[FailedTogether]) -> Iterator[Paragraph]:
    own = [group for group in groups if group.problems[0] == problem.id]
    withheld = [check for check in problem.checks if check.outcome is Finding.NEEDS_RIGHTNESS]
    for group in own:
        yield _failed(group, withheld if group is own[-1] else ())
    if withheld and not own:
        yield Paragraph(sign=Sign.WITHHELD, names=(problem.id,), withheld=_withheld(withheld))
    yield from _open(problem)


def _failed(failed: FailedTogether, withheld: Sequence[CheckReport]) -> Paragraph:
    first, *others = failed.checks
    one = len(failed.problems) == 1
    diagnoses = {each.id: each for check in failed.checks for each in check.diagnoses}
    return Paragraph(
        sign=Sign.WRONG,
        names=(", ".join(failed.problems), *([check_name(first)] if one else [])),
        message=first.message,
        also=", ".join(_counted(check) for check in others) if one else "",
        failure=failed.failure,
        likely=tuple(diagnoses.values()),
        lines=first.lines,
        withheld=_withheld(withheld),
        again=_again(failed.checks),
    )


def _counted(check: CheckReport) -> str:
    if check.cases_failed == 0:
        return check_name(check)
    return say("report.counted", name=check_name(check), n=check.cases_failed, of=check.cases_tried)


def _withheld(withheld: Sequence[CheckReport]) -> tuple[str, ...]:
    lines = []
    for message in dict.fromkeys(check.message for check in withheld):
        checks = [check for check in withheld if check.message == message]
        missing = sum((check.max_score - check.score for check in checks), start=Fraction(0))
        names = ", ".join(check_name(check) for check in checks)
        lines.append(say("report.withheld", points=points_count(missing), names=names, message=message))
    return tuple(lines)


def _again(checks: Iterable[CheckReport]) -> str:
    return next((check.again for check in checks if check.again), "")


def _open(problem: ProblemReport) -> list[Paragraph]:
    """Return what is neither right nor wrong: checks without a verdict, and points that wait for these."""
    held = ""
    if problem.undecided > 0:
        held = say("report.held", points=points_count(problem.undecided), name=problem.id)
    open_checks = [c for c in problem.checks if c.verdict in {Verdict.INCONCLUSIVE, Verdict.NOT_GRADED}]
    if not open_checks:
        return [Paragraph(sign=Sign.HELD, held=held)] if held else []
    return [_open_check(problem, check, held if check is open_checks[-1] else "") for check in open_checks]


def _open_check(problem: ProblemReport, check: CheckReport, held: str) -> Paragraph:
    names = (problem.id, check_name(check))
    if check.verdict is Verdict.NOT_GRADED:
        return Paragraph(sign=Sign.FAULT, names=names, message=check.message, held=held)
    return Paragraph(
        sign=Sign.UNDECIDED,
        names=names,
        message=check.message,
        lines=check.lines,
        failure=check.failure,
        again=_again([check]),
        held=held,
    )
