"""One pass over the reports of a class: what is kept of it does not grow with the class, except for a small one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grader.model.gradebook import Gradebook
from grader.model.handin import HandIn
from grader.model.report import CheckReport, ProblemReport, SubmissionReport
from grader.reporting.class_page.details import report_details
from grader.reporting.class_page.items import ItemStatistics, ItemTally
from grader.reporting.class_page.mistakes import Mistake, MistakeTally
from grader.reporting.points import points_text

MOST_WITH_DETAILS = 300
"""Hand-ins up to which the page holds each student's own report: about 2 MB of page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckItem:
    """A check of a problem, over the class.

    Parameters
    ----------
    name : str
        Its id without the problem's.
    max_score : str
        Points.
    statistics : ItemStatistics
    """

    name: str
    max_score: str
    statistics: ItemStatistics


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemItem:
    """A problem, over the class.

    Parameters
    ----------
    id, title : str
        As in the rubric.
    max_score : str
        Points.
    statistics : ItemStatistics
    checks : tuple of CheckItem
        In the order of the rubric.
    """

    id: str
    title: str
    max_score: str
    statistics: ItemStatistics
    checks: tuple[CheckItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a pass over the reports gave.

    Parameters
    ----------
    graded : int
        Reports with a score.
    problems : tuple of ProblemItem
        In the order of the rubric.
    mistakes : tuple of Mistake
        All of them.
    details : dict of str to dict
        By hand-in id; empty for a large class.
    """

    graded: int
    problems: tuple[ProblemItem, ...]
    mistakes: tuple[Mistake, ...]
    details: dict[str, dict[str, Any]]


def tally(gradebook: Gradebook, reports: Iterable[tuple[HandIn, SubmissionReport]]) -> Tally:
    """Go over the reports of a class once.

    Parameters
    ----------
    gradebook : Gradebook
        Of the class.
    reports : iterable of (HandIn, SubmissionReport)
        Each hand-in once.

    Returns
    -------
    Tally

    Raises
    ------
    ValueError
        If a report is of a hand-in that the gradebook does not hold, or comes twice.
    """
    waiting = {hand_in.id for hand_in in gradebook.hand_ins}
    with_details = len(waiting) <= MOST_WITH_DETAILS
    items: dict[str, ItemTally] = {each.id: ItemTally(each.max_score) for each in gradebook.problems}
    checks: dict[str, dict[str, tuple[CheckReport, ItemTally]]] = {each.id: {} for each in gradebook.problems}
    mistakes = MistakeTally()
    details: dict[str, dict[str, Any]] = {}
    graded = 0
    for hand_in, report in reports:
        if hand_in.id not in waiting:
            msg = f"a report of {hand_in.id!r}, which the gradebook does not hold or which came before"
            raise ValueError(msg)
        waiting.remove(hand_in.id)
        if with_details:
            details[hand_in.id] = report_details(report)
        if report.score is None:
            continue
        graded += 1
        mistakes.add(report.problems)
        for problem in report.problems:
            if problem.id in items:
                _count(problem, report, items[problem.id], checks[problem.id])
    problems = tuple(
        ProblemItem(
            id=head.id,
            title=head.title,
            max_score=points_text(head.max_score, of=head.max_score),
            statistics=items[head.id].statistics(),
            checks=tuple(_check_item(head.id, check, item) for check, item in checks[head.id].values()),
        )
        for head in gradebook.problems
    )
    return Tally(
        graded=graded,
        problems=problems,
        mistakes=mistakes.mistakes(head.id for head in gradebook.problems),
        details=details,
    )


def _count(
    problem: ProblemReport, report: SubmissionReport, item: ItemTally, checks: dict[str, tuple[CheckReport, ItemTally]]
) -> None:
    """Count a problem and its checks, as far as their points are decided."""
    for check in problem.checks:
        if check.id not in checks:
            checks[check.id] = (check, ItemTally(check.max_score))
    if problem.undecided:
        return
    total = report.score if report.undecided == 0 else None
    item.add(problem.score, total)
    for check in problem.checks:
        checks[check.id][1].add(check.score, total)


def _check_item(problem_id: str, check: CheckReport, item: ItemTally) -> CheckItem:
    return CheckItem(
        name=check.id.removeprefix(f"{problem_id}."),
        max_score=points_text(check.max_score, of=check.max_score),
        statistics=item.statistics(),
    )
