"""Faults between the values of a rubric that concern points: sums, and which checks decide."""

from fractions import Fraction

from grader.loading.codes import RubricCode
from grader.loading.edits import rewritten
from grader.loading.faults import Faults, Table
from grader.model.base import number_from_points
from grader.model.checks import DECIDING_KINDS


def check_points(rubric: Table, faults: Faults) -> None:
    """Note sums of points that do not add up, and problems whose checks do not decide.

    Parameters
    ----------
    rubric : Table
        The whole rubric.
    faults : Faults
        Where to note them.
    """
    problems = rubric.tables("problem")
    said = rubric.points("points")
    parts = _points_of(rubric, "problem")
    if said is not None and parts and sum(parts) != said:
        total = _shown(sum(parts, Fraction(0)))
        faults.add(
            RubricCode.POINTS_OF_PROBLEMS,
            f"the problems have {total} points together, the assignment {_shown(said)}",
            ("points",),
            label=_sum(parts),
            help_=f"write `points = {total}`, or change the points of a problem",
            fix=rewritten(faults.document, ("points",), total),
        )
    for problem in problems:
        _check_problem(problem, faults)


def _points_of(table: Table, key: str) -> list[Fraction]:
    """Return the points of every table of an array; empty if those of one are not known."""
    parts = [part.points("points") for part in table.tables(key)]
    known = [part for part in parts if part is not None]
    return known if len(known) == len(table.array(key) or ()) else []


def _check_problem(problem: Table, faults: Faults) -> None:
    said = problem.points("points")
    parts = _points_of(problem, "check")
    checks = problem.tables("check")
    if said is not None and parts and sum(parts) != said:
        total = _shown(sum(parts, Fraction(0)))
        faults.add(
            RubricCode.POINTS_OF_CHECKS,
            f"the checks of this problem have {total} points together, the problem {_shown(said)}",
            (*problem.path, "points"),
            label=_sum(parts),
            help_=f"write `points = {total}`, or change the points of a check",
            fix=rewritten(faults.document, (*problem.path, "points"), total),
        )
    kinds = [check.text("kind") for check in checks]
    first = kinds[0] if kinds else None
    if first is not None and checks[0].path[-1] == 0 and first.text not in DECIDING_KINDS:
        faults.add(
            RubricCode.FIRST_CHECK,
            f"the first check of a problem cannot be of kind `{first.text}`: it alone cannot tell a right answer",
            first.path,
            help_="put a check of kind `reference` or `finite_difference` first",
        )
    deciding = [p for p, kind in zip(parts, kinds, strict=False) if kind is not None and kind.text in DECIDING_KINDS]
    if parts and None not in kinds and not any(deciding):
        faults.add(
            RubricCode.NOTHING_DECIDES,
            "no check that decides whether the answer is right earns points",
            problem.path,
            label="this problem",
            help_="give points to a check of kind `reference` or `finite_difference`",
        )


def _sum(parts: list[Fraction]) -> str:
    return " + ".join(_shown(part) for part in parts) + f" = {_shown(sum(parts, Fraction(0)))}"


def _shown(points: Fraction) -> str:
    return str(number_from_points(points))
