"""One pass over the reports of a class: what is kept of it does not grow with the class, except for a small one."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from grader.model.gradebook import ProblemHead
from grader.model.handin import HandIn
from grader.model.report import CheckReport, ProblemReport, SubmissionReport
from grader.model.same import Same
from grader.reporting.class_page.details import report_details
from grader.reporting.class_page.items import ItemStatistics, ItemTally
from grader.reporting.class_page.mistakes import MOST_DIFFERENT, Mistake, MistakeTally
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


class ClassTally:
    """Goes over the reports of a class, one at a time.

    Parameters
    ----------
    problems : sequence of ProblemHead
        Of the assignment.
    hand_ins : iterable of HandIn
        Of the class.
    """

    def __init__(self, problems: Sequence[ProblemHead], hand_ins: Iterable[HandIn]) -> None:
        self._problems = problems
        self._waiting = {hand_in.id for hand_in in hand_ins}
        self._with_details = len(self._waiting) <= MOST_WITH_DETAILS
        self._items: dict[str, ItemTally] = {each.id: ItemTally(each.max_score) for each in problems}
        self._checks: dict[str, dict[str, tuple[CheckReport, ItemTally]]] = {each.id: {} for each in problems}
        self._mistakes = MistakeTally()
        self._details: dict[str, dict[str, Any]] = {}
        # Equal answers are counted, and their checks looked at later: most of a class answers as somebody else does.
        self._answers: Counter[tuple[Same[ProblemReport], tuple[int, int] | None]] = Counter()
        self._graded = 0

    def add(self, hand_in: str, report: SubmissionReport) -> None:
        """Count a report; it is not kept.

        Parameters
        ----------
        hand_in : str
            The id of its hand-in.
        report : SubmissionReport
            The report.

        Raises
        ------
        ValueError
            If it is of a hand-in that the class does not hold, or comes twice.
        """
        if hand_in not in self._waiting:
            msg = f"a report of {hand_in!r}, which the class does not hold or which came before"
            raise ValueError(msg)
        self._waiting.remove(hand_in)
        if self._with_details:
            self._details[hand_in] = report_details(report)
        if report.score is None:
            return
        self._graded += 1
        self._mistakes.add(report.problems)
        # A fraction takes as long to look up as all else.
        total = report.score.as_integer_ratio() if report.undecided == 0 else None
        self._answers.update((Same(problem), total) for problem in report.problems)
        if len(self._answers) >= MOST_DIFFERENT:
            self._count()

    def tally(self) -> Tally:
        """Return what was counted; nothing is counted after that.

        Returns
        -------
        Tally
        """
        self._count()
        self._waiting.clear()
        problems = tuple(
            ProblemItem(
                id=head.id,
                title=head.title,
                max_score=points_text(head.max_score, of=head.max_score),
                statistics=self._items[head.id].statistics(),
                checks=tuple(_check_item(head.id, check, item) for check, item in self._checks[head.id].values()),
            )
            for head in self._problems
        )
        return Tally(
            graded=self._graded,
            problems=problems,
            mistakes=self._mistakes.mistakes(head.id for head in self._problems),
            details=self._details,
        )

    def _count(self) -> None:
        """Count problems and their checks, as far as their points are decided, and forget the answers."""
        for (same, ratio), times in self._answers.items():
            problem, total = same.it, None if ratio is None else Fraction(*ratio)
            if problem.id not in self._items:
                continue
            checks = self._checks[problem.id]
            for check in problem.checks:
                if check.id not in checks:
                    checks[check.id] = (check, ItemTally(check.max_score))
            if problem.undecided:
                continue
            self._items[problem.id].add(problem.score, total, times)
            for check in problem.checks:
                checks[check.id][1].add(check.score, total, times)
        self._answers.clear()


def _check_item(problem_id: str, check: CheckReport, item: ItemTally) -> CheckItem:
    return CheckItem(
        name=check.id.removeprefix(f"{problem_id}."),
        max_score=points_text(check.max_score, of=check.max_score),
        statistics=item.statistics(),
    )
