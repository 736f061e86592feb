"""The part of an assignment that some checks need."""

from collections.abc import Sequence
from fractions import Fraction

from grader.model.assignment import Assignment
from grader.model.checks import ApartCheck, Visibility


def only(assignment: Assignment, names: Sequence[str]) -> Assignment:
    """Return the part of an assignment that some checks need.

    Parameters
    ----------
    assignment : Assignment
        The whole.
    names : sequence of str
        ``problem`` or ``problem.check``.

    Returns
    -------
    Assignment
        The named problems. Of a problem of which only a check is named: that check, and the deciding checks listed
        before it, since it earns points only together with them. Points add up as before.

    Raises
    ------
    ValueError
        A name is not one of the assignment's; the message lists what is instead.
    """
    wanted = set(names)
    problems = []
    for problem in assignment.problem:
        ids = [f"{problem.id}.{check.name}" for check in problem.check]
        if problem.id in wanted:
            problems.append(problem)
        elif wanted & set(ids):
            last = max(i for i, id_ in enumerate(ids) if id_ in wanted)
            kept = tuple(c for i, c in enumerate(problem.check) if ids[i] in wanted or (c.decides and i < last))
            points = sum((c.points for c in kept), Fraction(0))
            problems.append(problem.model_copy(update={"check": kept, "points": points}))
        wanted -= {problem.id, *ids}
    if wanted:
        name = sorted(wanted)[0]
        msg = f"there is no check `{name}`; there are {', '.join(instead(assignment, name))}"
        raise ValueError(msg)
    total = sum((p.points for p in problems), Fraction(0))
    return assignment.model_copy(update={"problem": tuple(problems), "points": total})


def instead(assignment: Assignment, name: str) -> tuple[str, ...]:
    """Return what may stand in place of a name that an assignment does not have.

    Parameters
    ----------
    assignment : Assignment
        The whole.
    name : str
        What was typed, ``problem`` or ``problem.check``.

    Returns
    -------
    tuple of str
        The checks of the problem that it names; all problems where it names none.
    """
    of = {problem.id: problem.check for problem in assignment.problem}
    problem = name.partition(".")[0]
    return tuple(f"{problem}.{check.name}" for check in of[problem]) if problem in of else tuple(of)


def case_by_case(assignment: Assignment) -> Assignment:
    """Return the part of an assignment that is tried case by case, without times and sources.

    Parameters
    ----------
    assignment : Assignment
        The whole.

    Returns
    -------
    Assignment
        A problem of which nothing is left is not there. Points add up as before.
    """
    problems = []
    for problem in assignment.problem:
        kept = tuple(check for check in problem.check if not isinstance(check, ApartCheck))
        if kept:
            points = sum((check.points for check in kept), Fraction(0))
            problems.append(problem.model_copy(update={"check": kept, "points": points}))
    total = sum((problem.points for problem in problems), Fraction(0))
    return assignment.model_copy(update={"problem": tuple(problems), "points": total})


BEFORE_DUE: frozenset[Visibility] = frozenset({"visible"})
"""What students may see while they can still hand in."""
WITH_GRADES: frozenset[Visibility] = frozenset({"visible", "after_due", "after_published"})
"""What they may see together with their grades."""


def visible_part(assignment: Assignment, visible: frozenset[Visibility] = BEFORE_DUE) -> Assignment:
    """Return the part of an assignment of which students may see what it finds.

    Parameters
    ----------
    assignment : Assignment
        The whole.
    visible : frozenset of str
        Which checks they may see now.

    Returns
    -------
    Assignment
        Its visible checks, those against the trusted answer among them. A problem without any is not there; the part
        may have no problem at all. Points add up as before.
    """
    problems = []
    for problem in assignment.problem:
        kept = tuple(check for check in problem.check if check.visibility in visible)
        if kept:
            points = sum((check.points for check in kept), Fraction(0))
            problems.append(problem.model_copy(update={"check": kept, "points": points}))
    total = sum((problem.points for problem in problems), Fraction(0))
    return assignment.model_copy(update={"problem": tuple(problems), "points": total})
